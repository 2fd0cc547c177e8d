# Sourced by ./try and ./test: what they need beyond this folder.
#
# One virtual environment in .venv, filled from locks in which every file has its hash. What must
# come from Debian is installed as root, or with sudo; where neither may be, it is named.

say() { printf '%s\n' "$*" >&2; }
stop() { say "$@"; exit 1; }

may_be_root() {
    [ "$(id -u)" = 0 ] && return
    command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs Debian packages. False, having said why, where that cannot be done from here.
debian() {
    command -v apt-get >/dev/null 2>&1 && may_be_root || return 1
    say "Installing from Debian: $*"
    log=$(mktemp)
    if as_root apt-get update -qq >"$log" 2>&1 </dev/null &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-install-recommends "$@" >"$log" 2>&1 </dev/null; then
        rm -f "$log"
        return
    fi
    tail -n 5 "$log" >&2
    rm -f "$log"
    return 1
}

# The first Python from 3.11 on, or nothing. PYTHON names another.
find_python() {
    for name in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14}; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
}

# The Debian packages that making the environment needs and this machine lacks. Two parts need a
# compiler: pyicu, by which rigour reads names in every script, is published as source only.
missing_packages() {
    python=$(find_python)
    if [ -z "$python" ]; then
        echo python3 python3-venv python3-dev
    else
        "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
        "$python" -c 'import pathlib, sys, sysconfig
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").is_file())' || echo python3-dev
    fi
    command -v c++ >/dev/null 2>&1 || echo g++
    if ! command -v pkg-config >/dev/null 2>&1; then
        echo pkg-config libicu-dev
    elif ! pkg-config --exists icu-i18n; then
        echo libicu-dev
    fi
}

# What only makes Troth faster: simdjson, for the compiled reader of records.
missing_for_speed() {
    pkg-config --exists simdjson 2>/dev/null || echo libsimdjson-dev
}

pip_install() {
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --progress-bar off "$@" </dev/null >&2
}

make_environment() {
    missing=$(missing_packages | tr '\n' ' ')
    faster=$(missing_for_speed)
    # shellcheck disable=SC2086  # a list of names
    if [ -n "$missing$faster" ] && ! debian $missing $faster; then
        [ -z "$missing" ] || stop "Debian packages are missing and cannot be installed from here." \
            "As root: apt-get install $missing $faster"
        say "Without $faster records are read more slowly. As root: apt-get install $faster"
    fi
    python=$(find_python)
    [ -n "$python" ] || stop "No Python from 3.11 on was found. As root: apt-get install python3"
    say "Making .venv with $("$python" --version); this takes a minute or two"
    "$python" -m venv --clear .venv
    pip_install --require-hashes -r requirements-build.lock
    pip_install --require-hashes --no-build-isolation -r requirements.lock
}

# Installs this checkout, and compiles its reader, again only where that changed.
install_troth() {
    source=$(cat hatch_build.py pyproject.toml troth/sources/ocds/native.cpp | sha256sum | cut -d' ' -f1)
    [ "$source" = "$(cat .venv/built-from 2>/dev/null)" ] && return
    pip_install --no-index --no-deps --no-build-isolation --editable .
    echo "$source" >.venv/built-from
}

# environment run|develop: makes .venv, or leaves it alone where it is already as the locks say.
environment() {
    wanted=$(pwd | cat - requirements.lock requirements-dev.lock requirements-build.lock environment.sh |
        sha256sum | cut -d' ' -f1)
    made=$(cat .venv/made-from 2>/dev/null || true)
    case $made in
        *" $wanted") ;;
        *)
            make_environment
            made="run $wanted"
            echo "$made" >.venv/made-from
            ;;
    esac
    install_troth
    if [ "$1" = develop ] && [ "$made" = "run $wanted" ]; then
        say "Adding what the tests need from Python"
        pip_install --require-hashes --no-build-isolation -r requirements-dev.lock
        echo "develop $wanted" >.venv/made-from
    fi
}
