#include "storage/crypto/token_key.h"

#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <cstdio>
#include <mutex>
#include <optional>
#include <string_view>

#include "storage/crypto/random.h"

namespace frostgate::storage {
namespace {

constexpr CK_ULONG kMostSlots = 256;
constexpr std::size_t kMaxTokenBytes = 8192;

Error token_error(const TokenSettings& settings, const char* what, CK_RV code) {
  char number[32];
  std::snprintf(number, sizeof number, " (CKR 0x%lx)", static_cast<unsigned long>(code));
  const ErrorKind kind = code == CKR_PIN_INCORRECT || code == CKR_PIN_LOCKED || code == CKR_PIN_INVALID || code == CKR_PIN_LEN_RANGE ? ErrorKind::denied : ErrorKind::unavailable;
  return {kind, "the token \"" + settings.token + "\" of " + settings.module.string() + (kind == ErrorKind::denied ? " refuses the PIN" : std::string(" cannot ") + what) + number};
}

// Loaded and initialised for as long as the process lives: another user of the same module must not find it finalised.
Result<CK_FUNCTION_LIST*> load_module(const TokenSettings& settings) {
  void* module = dlopen(settings.module.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!module) return Error{ErrorKind::unavailable, std::string("the PKCS#11 module cannot be loaded: ") + dlerror()};
  const auto functions_of = reinterpret_cast<CK_C_GetFunctionList>(dlsym(module, "C_GetFunctionList"));
  CK_FUNCTION_LIST* functions = nullptr;
  if (!functions_of || functions_of(&functions) != CKR_OK || !functions) {
    return Error{ErrorKind::unavailable, settings.module.string() + " is no PKCS#11 module"};
  }
  CK_C_INITIALIZE_ARGS threads{};
  threads.flags = CKF_OS_LOCKING_OK;
  const CK_RV code = functions->C_Initialize(&threads);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) return token_error(settings, "be initialised", code);
  return functions;
}

// Padded with blanks, not ended.
bool is_label(const CK_UTF8CHAR (&label)[32], const std::string& wanted) {
  std::string_view text(reinterpret_cast<const char*>(label), sizeof label);
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  return text == wanted;
}

Result<CK_SLOT_ID> slot_of(CK_FUNCTION_LIST* functions, const TokenSettings& settings) {
  CK_SLOT_ID slots[kMostSlots];
  CK_ULONG count = kMostSlots;
  if (const CK_RV code = functions->C_GetSlotList(CK_TRUE, slots, &count); code != CKR_OK) return token_error(settings, "be looked for", code);
  std::optional<CK_SLOT_ID> found;
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (functions->C_GetTokenInfo(slots[i], &info) != CKR_OK || !is_label(info.label, settings.token)) continue;
    if (found) return Error{ErrorKind::unavailable, "there are two tokens that are called \"" + settings.token + "\""};
    found = slots[i];
  }
  if (!found) return Error{ErrorKind::unavailable, settings.module.string() + " has no token that is called \"" + settings.token + "\""};
  return *found;
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) { return {type, const_cast<void*>(value), static_cast<CK_ULONG>(size)}; }

// What a token says that was taken out, or whose daemon was started anew.
bool session_lost(CK_RV code) {
  constexpr CK_RV kLost[] = {CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_DEVICE_REMOVED,
                             CKR_DEVICE_ERROR, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_CRYPTOKI_NOT_INITIALIZED};
  return std::ranges::find(kLost, code) != std::end(kLost);
}

unsigned char* raw_bytes(std::span<const std::byte> bytes) { return reinterpret_cast<unsigned char*>(const_cast<std::byte*>(bytes.data())); }

}  // namespace

struct TokenKey::State {
  TokenSettings settings;
  Secret pin;
  bool refused = false;  // the PIN: tokens lock themselves after a few of those
  CK_FUNCTION_LIST* functions = nullptr;
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  std::array<std::byte, kIdBytes> id{};
  std::mutex mutex;

  ~State() { close(); }

  void close() {
    if (session != CK_INVALID_HANDLE) functions->C_CloseSession(session);
    session = CK_INVALID_HANDLE;
  }

  Result<void> begin() {
    functions = TRY(load_module(settings));
    const CK_SLOT_ID slot = TRY(slot_of(functions, settings));
    if (const CK_RV code = functions->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session); code != CKR_OK) {
      session = CK_INVALID_HANDLE;
      return token_error(settings, "open a session", code);
    }
    const CK_RV code = functions->C_Login(session, CKU_USER, raw_bytes(pin.bytes()), pin.size());
    if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) return {};
    const Error error = token_error(settings, "be logged in to", code);
    refused = error.kind == ErrorKind::denied;
    return error;
  }

  Result<void> begin_again() {
    if (refused) return Error{ErrorKind::denied, "the token \"" + settings.token + "\" refused the PIN, which is not tried a second time: start Frostgate anew with the right one"};
    close();
    const std::array<std::byte, kIdBytes> before = id;
    const auto reopened = [&]() -> Result<void> {
      TRY(begin());
      TRY(find());
      if (id != before) return Error{ErrorKind::denied, "the key \"" + settings.key + "\" of the token \"" + settings.token + "\" is another one than before"};
      return {};
    }();
    if (reopened) return {};
    id = before;
    close();
    return reopened;
  }

  // What `operation` answers, asked twice at most: a session that broke is begun again, once.
  template <class Operation>
  Result<CK_RV> ask(const Operation& operation) {
    if (session == CK_INVALID_HANDLE) TRY(begin_again());
    const CK_RV code = operation();
    if (!session_lost(code)) return code;
    TRY(begin_again());
    return operation();
  }

  Result<void> find() {
    const CK_OBJECT_CLASS kind = CKO_SECRET_KEY;
    CK_ATTRIBUTE wanted[] = {attribute(CKA_CLASS, &kind, sizeof kind), attribute(CKA_LABEL, settings.key.data(), settings.key.size())};
    CK_RV code = functions->C_FindObjectsInit(session, wanted, 2);
    if (code != CKR_OK) return token_error(settings, "be searched", code);
    CK_OBJECT_HANDLE found[2];
    CK_ULONG count = 0;
    code = functions->C_FindObjects(session, found, 2, &count);
    functions->C_FindObjectsFinal(session);
    if (code != CKR_OK) return token_error(settings, "be searched", code);
    if (count == 0) return Error{ErrorKind::not_found, "the token \"" + settings.token + "\" has no key that is called \"" + settings.key + "\""};
    if (count > 1) return Error{ErrorKind::unavailable, "the token \"" + settings.token + "\" has two keys that are called \"" + settings.key + "\""};
    key = found[0];
    return inspect();
  }

  Result<void> inspect() {
    CK_KEY_TYPE type = 0;
    CK_ULONG length = 0;
    CK_BBOOL extractable = CK_TRUE, sensitive = CK_FALSE;
    CK_ATTRIBUTE known[] = {attribute(CKA_KEY_TYPE, &type, sizeof type), attribute(CKA_VALUE_LEN, &length, sizeof length), attribute(CKA_EXTRACTABLE, &extractable, sizeof extractable),
                            attribute(CKA_SENSITIVE, &sensitive, sizeof sensitive), attribute(CKA_ID, id.data(), id.size())};
    const CK_RV code = functions->C_GetAttributeValue(session, key, known, 5);
    const std::string name = "the key \"" + settings.key + "\" of the token \"" + settings.token + "\"";
    if (code != CKR_OK || known[4].ulValueLen != kIdBytes) return Error{ErrorKind::denied, name + " was not made by Frostgate: its CKA_ID has not 8 bytes"};
    if (type != CKK_AES || length != kKeyBytes) return Error{ErrorKind::denied, name + " is no AES key of 256 bits"};
    if (extractable != CK_FALSE || sensitive != CK_TRUE) return Error{ErrorKind::denied, name + " could be taken out of the token"};
    return {};
  }

  Result<void> create() {
    CK_MECHANISM mechanism{CKM_AES_KEY_GEN, nullptr, 0};
    const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    const CK_ULONG length = kKeyBytes;
    std::array<std::byte, kIdBytes> fresh{};
    TRY(random_bytes(fresh));
    CK_ATTRIBUTE wanted[] = {attribute(CKA_TOKEN, &yes, sizeof yes),       attribute(CKA_PRIVATE, &yes, sizeof yes),    attribute(CKA_SENSITIVE, &yes, sizeof yes),
                             attribute(CKA_EXTRACTABLE, &no, sizeof no),   attribute(CKA_ENCRYPT, &yes, sizeof yes),    attribute(CKA_DECRYPT, &yes, sizeof yes),
                             attribute(CKA_VALUE_LEN, &length, sizeof length), attribute(CKA_LABEL, settings.key.data(), settings.key.size()), attribute(CKA_ID, fresh.data(), fresh.size())};
    const CK_RV code = functions->C_GenerateKey(session, &mechanism, wanted, 9, &key);
    if (code != CKR_OK) return token_error(settings, "make a key", code);
    return find();
  }

  static Result<std::unique_ptr<State>> logged_in(const TokenSettings& settings, const Secret& pin) {
    auto state = std::make_unique<State>();
    state->settings = settings;
    state->pin = pin.clone();
    TRY(state->begin());
    return state;
  }
};

namespace {

// The parameters of one operation; they outlive it.
struct GcmOperation {
  CK_GCM_PARAMS parameters{};
  CK_MECHANISM mechanism{};

  GcmOperation(const Nonce& nonce, std::span<const std::byte> associated) {
    parameters.pIv = raw_bytes(nonce);
    parameters.ulIvLen = nonce.size();
    parameters.ulIvBits = nonce.size() * 8;
    parameters.pAAD = raw_bytes(associated);
    parameters.ulAADLen = associated.size();
    parameters.ulTagBits = kTagBytes * 8;
    mechanism = {CKM_AES_GCM, &parameters, sizeof parameters};
  }
};

}  // namespace

TokenKey::TokenKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
TokenKey::TokenKey(TokenKey&&) noexcept = default;
TokenKey& TokenKey::operator=(TokenKey&&) noexcept = default;
TokenKey::~TokenKey() = default;

Result<TokenKey> TokenKey::open(const TokenSettings& settings, const Secret& pin) {
  std::unique_ptr<State> state = TRY(State::logged_in(settings, pin));
  TRY(state->find());
  return TokenKey(std::move(state));
}

Result<TokenKey> TokenKey::open_or_create(const TokenSettings& settings, const Secret& pin) {
  std::unique_ptr<State> state = TRY(State::logged_in(settings, pin));
  const Result<void> found = state->find();
  if (!found && found.error().kind != ErrorKind::not_found) return found.error();
  if (!found) TRY(state->create());
  return TokenKey(std::move(state));
}

const std::array<std::byte, TokenKey::kIdBytes>& TokenKey::id() const { return state_->id; }

Result<std::vector<std::byte>> TokenKey::seal(const Nonce& nonce, std::span<const std::byte> associated, std::span<const std::byte> plain) const {
  const std::lock_guard one_at_a_time(state_->mutex);
  GcmOperation operation(nonce, associated);
  std::vector<std::byte> out(plain.size() + kTagBytes);
  CK_ULONG size = 0;
  const CK_RV code = TRY(state_->ask([&] {
    size = out.size();
    const CK_RV begun = state_->functions->C_EncryptInit(state_->session, &operation.mechanism, state_->key);
    return begun != CKR_OK ? begun : state_->functions->C_Encrypt(state_->session, raw_bytes(plain), plain.size(), raw_bytes(out), &size);
  }));
  if (code != CKR_OK || size != out.size()) return token_error(state_->settings, "wrap a key", code);
  return out;
}

Result<Secret> TokenKey::unseal(const Nonce& nonce, std::span<const std::byte> associated, std::span<const std::byte> sealed) const {
  if (sealed.size() < kTagBytes || sealed.size() > kMaxTokenBytes) return Error{ErrorKind::corrupt, "this is nothing that was sealed"};
  const std::lock_guard one_at_a_time(state_->mutex);
  GcmOperation operation(nonce, associated);
  // Some modules want room for the tag, too.
  Secret room(sealed.size());
  CK_ULONG size = 0;
  bool begun = false;
  const CK_RV code = TRY(state_->ask([&] {
    size = room.size();
    const CK_RV beginning = state_->functions->C_DecryptInit(state_->session, &operation.mechanism, state_->key);
    begun = beginning == CKR_OK;
    return begun ? state_->functions->C_Decrypt(state_->session, raw_bytes(sealed), sealed.size(), raw_bytes(room.bytes()), &size) : beginning;
  }));
  const bool wrong = begun && (code == CKR_ENCRYPTED_DATA_INVALID || code == CKR_GENERAL_ERROR || code == CKR_DATA_INVALID);
  if (wrong) return Error{ErrorKind::corrupt, "the tag does not fit: another key, another context, or changed bytes"};
  if (code != CKR_OK || size != sealed.size() - kTagBytes) return token_error(state_->settings, "unwrap a key", code);
  return Secret(std::span<const std::byte>(room.bytes().first(size)));
}

}  // namespace frostgate::storage
