# shellcheck shell=bash
# A minute of admin work, typed through a client. Needs tests/e2e/lib.sh.

readonly key_pause=80  # ms between keys: a brisk typist

work_for_a_minute() {  # work_for_a_minute CLIENT_DISPLAY SECRETS.json
  local display=$1 typed
  typed=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0]["value"])' "$2")
  command_line() {  # command_line TEXT SECONDS: then looks at the result
    type_line "$display" "$1" $key_pause
    pause "$2"
  }
  command_line 'ls -l shop' 2.5
  command_line 'connect-db' 1.5
  command_line "$typed" 3
  command_line 'env | sort' 4.5
  command_line 'clear; cat shop/.env' 4.5
  command_line 'cat shop/deploy.conf' 3.5
  command_line 'clear; cat shop/deploy_key.pem' 5
  command_line 'clear; follow shop/service.log' 12.5
  command_line 'clear; grep -c INFO shop/service.log' 1.5
  command_line 'echo "deployed, all well" | tee result' 2.5
}
