# What the scripts of this folder share; sourced, never run.
# shellcheck shell=bash

# Long steps say what they are and how long they took.
step() {
  local text="$1" start=$SECONDS
  shift
  printf '==> %s\n' "$text"
  "$@"
  printf '    done in %d s: %s\n' "$((SECONDS - start))" "$text"
}

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit "${2:-1}"
}

# As root or by sudo; a machine that has what is needed needs neither.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "needs root or sudo to run: $*" 77
  fi
}

require_swift() {
  command -v swift >/dev/null 2>&1 || fail "no swift on the path: install a Swift 6.2 toolchain or newer" 69
}

# Those of the named Debian packages that are not installed; all of them where there is no dpkg.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p') || true
  printf '%s\n' "$@" | grep -vxF -e "${installed:-none}" | paste -sd ' ' || true
}

# Installs those of the named Debian packages that are missing.
install_packages() {
  local missing
  read -ra missing <<<"$(missing_packages "$@")"
  [ "${#missing[@]}" -eq 0 ] && return
  command -v apt-get >/dev/null 2>&1 || fail "needs, by your system's names: ${missing[*]}" 69
  step "refresh the package lists" as_root apt-get update -qq
  step "install ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Open MPI, libibverbs and librdmacm, to build against and to run.
install_transports() {
  install_packages libopenmpi-dev openmpi-bin libibverbs-dev librdmacm-dev pkg-config
}

# A browser to open pages in, and a font to show them with.
install_browser() {
  command -v chromium >/dev/null 2>&1 && return
  install_packages chromium fonts-dejavu-core
}

# mpirun refuses root, and more ranks than processors, unless told that both are meant.
allow_mpirun_here() {
  export OMPI_MCA_rmaps_base_oversubscribe=1 SWIFT_BACKTRACE=enable=no
  if [ "$(id -u)" -eq 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}

# Where the chart library of report pages is.
charts_file() { printf '%s/syncline/charts.js' "${XDG_DATA_HOME:-$HOME/.local/share}"; }

# get_charts FILE: takes the chart library out of the Python package that carries it, whole or not at all.
get_charts() {
  local file="$1" folder
  command -v python3 >/dev/null 2>&1 || fail "needs python3 with pip, to get the chart library" 69
  mkdir -p "$(dirname "$file")"
  folder=$(mktemp -d)
  step "get the chart library" python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore \
    --target "$folder" 'vl-convert-python>=1.9,<2' || {
    rm -rf "$folder"
    fail "the chart library could not be had from PyPI; report pages then have tables and no charts" 69
  }
  PYTHONPATH="$folder" python3 -c 'import sys, vl_convert; sys.stdout.write(vl_convert.javascript_bundle())' >"$folder/charts.js"
  mv "$folder/charts.js" "$file.new.$$"
  mv "$file.new.$$" "$file"
  rm -rf "$folder"
}
