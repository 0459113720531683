# Sourced by demo.sh and test.sh: installs Debian packages that are absent.
#   require PACKAGE=PROBE ...   fails with a clear message if one stays absent
#   want PACKAGE=PROBE ...      goes on without it
# PROBE is a command, or a file if it begins with `/`. Nothing is asked of the network while every probe succeeds.

present() {
  case "$1" in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
  esac
}

absent_of() {
  local item
  for item in "$@"; do
    present "${item#*=}" || printf '%s ' "${item%%=*}"
  done
}

install_packages() {
  local as_root=""
  if ! command -v apt-get >/dev/null 2>&1; then
    echo "no apt-get on this system" >&2
    return 1
  fi
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
      echo "neither root nor sudo" >&2
      return 1
    fi
    as_root=sudo
  fi
  echo "installing: $*"
  $as_root apt-get update -qq &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

require() {
  local missing
  missing=$(absent_of "$@")
  [ -z "$missing" ] && return 0
  # shellcheck disable=SC2086  # a list of words
  install_packages $missing || true
  missing=$(absent_of "$@")
  if [ -n "$missing" ]; then
    echo "these packages are needed and could not be installed (no network, or no right to install): $missing" >&2
    echo "install them by hand, for instance: apt-get install $missing" >&2
    exit 1
  fi
}

want() {
  local missing
  missing=$(absent_of "$@")
  [ -z "$missing" ] && return 0
  # shellcheck disable=SC2086
  install_packages $missing || true
  missing=$(absent_of "$@")
  [ -z "$missing" ] || echo "absent, what needs them is skipped: $missing"
}

require_build_packages() {
  require cmake=cmake ninja-build=ninja g++=g++ python3=python3 libyaml-cpp-dev=/usr/include/yaml-cpp/yaml.h \
    nlohmann-json3-dev=/usr/include/nlohmann/json.hpp libcli11-dev=/usr/include/CLI/CLI.hpp \
    zlib1g-dev=/usr/include/zlib.h libboost-dev=/usr/include/boost/graph/push_relabel_max_flow.hpp \
    libeigen3-dev=/usr/include/eigen3/Eigen/Dense
  want libsqlite3-dev=/usr/include/sqlite3.h coinor-libcbc-dev=/usr/include/coin/Cbc_C_Interface.h \
    coinor-libclp-dev=/usr/include/coin/Clp_C_Interface.h
}
