# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# A headless Chromium on a node of the lab, driven by its DevTools protocol through two pipes.
#
#   browser_up NODE          starts it, with an empty profile
#   open_page URL            goes there, and waits until it is loaded
#   js EXPRESSION            its value, as text
#   press KEY                a key, by its name (ArrowDown, Enter, /)
#   emulate KEY=VALUE...     media features, as prefers-color-scheme=dark
#   window WIDTH HEIGHT
#   picture FILE             PNG of the whole page
#   browser_down

BROWSER=chromium-headless-shell

browser_up() { # NODE
    local node=$1
    BROWSER_WORK=$(mktemp -d "$WORK/browser.XXXXXX")
    mkfifo "$BROWSER_WORK/in" "$BROWSER_WORK/out"
    # The sandbox needs a user that is not root; what it opens is ours alone.
    scripts/lab exec "$node" "$BROWSER" --no-sandbox --disable-gpu --remote-debugging-pipe --hide-scrollbars \
        --user-data-dir="$BROWSER_WORK/profile" --no-first-run --disable-background-networking --enable-logging=stderr \
        3<"$BROWSER_WORK/in" 4>"$BROWSER_WORK/out" >"$WORK/browser.log" 2>&1 &
    PIDS[browser]=$!
    exec {BROWSER_IN}>"$BROWSER_WORK/in" {BROWSER_OUT}<"$BROWSER_WORK/out"
    BROWSER_SESSION=''
    BROWSER_SESSION=$(call Target.attachToTarget "{\"targetId\":\"$(call Target.createTarget '{"url":"about:blank"}' | jq -r .targetId)\",\"flatten\":true}" |
        jq -r .sessionId)
    call Page.enable '{}' >/dev/null
}

# The result of one call; events that come meanwhile are left out.
call() { # METHOD PARAMETERS
    local id=$((${EPOCHREALTIME/./} % 1000000000)) message # a caller's substitution could not count
    jq -cn --arg session "$BROWSER_SESSION" --arg method "$1" --argjson params "$2" --argjson id "$id" \
        '{id: $id, method: $method, params: $params} + if $session == "" then {} else {sessionId: $session} end' |
        tr '\n' '\0' >&"$BROWSER_IN"
    while IFS= read -r -d '' -t "$PATIENCE" message <&"$BROWSER_OUT"; do
        if [[ $message == "{\"id\":$id,"* ]]; then
            jq -ec '.result // error(.error.message)' <<<"$message"
            return
        fi
    done
    echo "the browser does not answer $1" >&2
    return 1
}

js() { # EXPRESSION
    call Runtime.evaluate "$(jq -cn --arg e "$1" '{expression: $e, returnByValue: true, awaitPromise: true}')" |
        jq -r 'if .exceptionDetails then .exceptionDetails.exception.description // .exceptionDetails.text else .result.value end'
}

js_is() { # EXPRESSION VALUE
    [[ $(js "$1") == "$2" ]]
}

open_page() { # URL
    call Page.navigate "{\"url\":\"$1\"}" >/dev/null
    until_true "$1 is loaded" js_is "location.href.startsWith('$1') && document.readyState" complete
}

press() { # KEY
    local text='' code=0
    [[ $1 != Escape ]] || code=27
    [[ ${#1} != 1 ]] || text=$1
    [[ $1 != Enter ]] || text=$'\r'
    call Input.dispatchKeyEvent "$(jq -cn --arg key "$1" --arg text "$text" --argjson code $code '{type: "keyDown", key: $key, code: $key, text: $text, windowsVirtualKeyCode: $code}')" >/dev/null
    call Input.dispatchKeyEvent "$(jq -cn --arg key "$1" '{type: "keyUp", key: $key, code: $key}')" >/dev/null
}

emulate() { # FEATURE=VALUE...
    call Emulation.setEmulatedMedia "$(jq -cn '{features: [$ARGS.positional[] | split("=") | {name: .[0], value: .[1]}]}' --args "$@")" >/dev/null
}

window() { # WIDTH HEIGHT
    call Emulation.setDeviceMetricsOverride "{\"width\":$1,\"height\":$2,\"deviceScaleFactor\":1,\"mobile\":false}" >/dev/null
}

picture() { # FILE
    call Page.captureScreenshot '{"format":"png","captureBeyondViewport":false}' | jq -r .data | base64 -d >"$1"
}

browser_down() {
    exec {BROWSER_IN}>&- {BROWSER_OUT}<&-
    finish browser || true
}
