# cmake -DROOT=<repository> -P layering.cmake: fails when an include goes against the design (DESIGN.md section 3).
#  - rooms: gateway -> codec, redaction, storage; redaction, storage -> codec/base; the libraries do not know each other
#  - one foreign library, few rooms
#  - each proof type has one maker: the friend named in its passkey
file(GLOB_RECURSE sources RELATIVE ${ROOT}
  ${ROOT}/codec/*.h ${ROOT}/codec/*.cpp ${ROOT}/redaction/*.h ${ROOT}/redaction/*.cpp
  ${ROOT}/storage/*.h ${ROOT}/storage/*.cpp ${ROOT}/gateway/*.h ${ROOT}/gateway/*.cpp)
list(FILTER sources EXCLUDE REGEX "^gateway/portal/")  # what npm installs there is not ours

# pattern of the include | folders that may have it (regular expression on the path)
set(foreign
  "<(libav|libsw)"                       "^codec/ffmpeg/"
  "<(tesseract|leptonica)/"              "^redaction/tesseract/"
  "<opencv2/"                            "^redaction/"
  "<openssl/"                            "^(storage/crypto|gateway/crypto)/"
  "<(sodium|sodium/.*)"                  "^(storage/crypto|gateway/crypto)/"
  "<(freerdp|winpr)/"                    "^gateway/relay/rdp/"
  "<(pango|cairo|fontconfig)"            "^gateway/(export|relay/screens)/"
  "<rfb/"                                "^gateway/relay/vnc/"
  "<p11-kit/"                            "^storage/crypto/"
  "<libgfshare"                          "^storage/custody/"
  "<(soci|sqlite3|libpq)"                "^storage/catalog/"
  "<curl/"                               "^gateway/(alerts|oidc)/"
  "<(ldap|lber|openldap)"                "^gateway/directory/"
  "<boost/"                              "^gateway/http/"
  "<nlohmann/"                           "^(gateway/|redaction/report|storage/(manifest|evidence|catalog/deletions))"
  "<(yaml-cpp)/"                         "^gateway/"
  "<(spdlog|fmt)/"                       "^gateway/"
  "<(thread|condition_variable|future)>" "^gateway/"
  "<zstd"                                "^codec/tiles/")

set(problems "")
foreach(file IN LISTS sources)
  file(STRINGS ${ROOT}/${file} includes REGEX "^[ \t]*#[ \t]*include")
  string(REGEX MATCH "^[a-z]+" room ${file})
  foreach(line IN LISTS includes)
    if(line MATCHES "\"([^\"]+)\"")
      set(path ${CMAKE_MATCH_1})
      if(NOT path MATCHES "^(codec|redaction|storage|gateway)/")
        list(APPEND problems "${file}: ${path} is not written from the repository's root")
      elseif(room STREQUAL "codec" AND NOT path MATCHES "^codec/")
        list(APPEND problems "${file}: codec may not include ${path}")
      elseif(file MATCHES "^codec/base/" AND NOT path MATCHES "^codec/base/")
        list(APPEND problems "${file}: codec/base may not include ${path}")
      elseif(room STREQUAL "redaction" AND NOT path MATCHES "^(redaction|codec/base)/")
        list(APPEND problems "${file}: redaction may not include ${path}")
      elseif(room STREQUAL "storage" AND NOT path MATCHES "^(storage|codec/base)/")
        list(APPEND problems "${file}: storage may not include ${path}")
      endif()
    else()
      set(rest ${foreign})
      while(rest)
        list(POP_FRONT rest pattern)
        list(POP_FRONT rest allowed)
        if(line MATCHES "${pattern}" AND NOT file MATCHES "${allowed}")
          list(APPEND problems "${file}: ${line} belongs only in ${allowed}")
        endif()
      endwhile()
    endif()
  endforeach()
  file(STRINGS ${ROOT}/${file} passkeys REGEX "Passkey\\{\\}|Passkey\\(\\)[ ;]")
  foreach(line IN LISTS passkeys)
    if(NOT line MATCHES "Passkey\\(\\) ?({}|= default)")
      string(REGEX MATCH "[A-Za-z]+Passkey" key "${line}")
      set_property(GLOBAL APPEND PROPERTY makers_${key} ${file})
      set_property(GLOBAL APPEND PROPERTY keys ${key})
    endif()
  endforeach()
endforeach()

get_property(keys GLOBAL PROPERTY keys)
list(REMOVE_DUPLICATES keys)
foreach(key IN LISTS keys)
  get_property(makers GLOBAL PROPERTY makers_${key})
  list(REMOVE_DUPLICATES makers)
  list(LENGTH makers count)
  if(count GREATER 1)
    list(APPEND problems "${key} is used in ${makers}: a proof has one maker")
  endif()
endforeach()

if(problems)
  list(JOIN problems "\n  " text)
  message(FATAL_ERROR "include direction:\n  ${text}")
endif()
