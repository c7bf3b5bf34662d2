# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# bash completion for mcingest and mcingestd. The words come from --help, so that they are those of the installed version.

_mcingest_words() { # PROGRAM: its commands and options
    "$1" --help 2>/dev/null | grep -oE '^  ([a-z]+ |--[a-z-]+)' | tr -d ' '
}

_mcingest_values() { # PREVIOUS-WORD CURRENT-WORD: what may follow an option or command, if it takes a value
    case $1 in
    --downstream | --upstream | --igmp | --observe)
        mapfile -t COMPREPLY < <(compgen -W "$(ls /sys/class/net)" -- "$2") ;;
    --instance | -i)
        mapfile -t COMPREPLY < <(compgen -W "$(cd /etc/mcingest 2>/dev/null && printf '%s\n' mcingest-*.conf | sed -n 's/^mcingest-\(.*[^*]\)\.conf$/\1/p')" -- "$2") ;;
    --config | --check | --socket)
        compopt -o default
        COMPREPLY=() ;;
    *)
        return 1 ;;
    esac
}

_mcingest() {
    _mcingest_values "$3" "$2" || mapfile -t COMPREPLY < <(compgen -W "$(_mcingest_words "$1")" -- "$2")
}

complete -F _mcingest mcingest mcingestd
