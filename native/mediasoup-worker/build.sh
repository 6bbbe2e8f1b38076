#!/bin/bash
# Builds mediasoup-worker from the source in the npm package, against Debian's libraries. Downloads nothing.
#
#   build.sh MEDIASOUP_PACKAGE LIBSRTP2_SOURCE_OR_EMPTY OUTPUT_FILE
#
# LIBSRTP2_SOURCE is what fetch-libsrtp2.sh left; when empty, Debian's libsrtp2 package is used. Works in a temporary
# folder and moves the finished file into place, so that an interrupted build leaves nothing behind it.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
package=$(realpath "$1") libsrtp2=$2 output=$(realpath -m "$3")

# Named, so that meson does not put a ccache it happens to find before them: it cannot use the precompiled header.
export CC=${CC:-cc} CXX=${CXX:-c++}

work=$(mktemp -d "${TMPDIR:-/tmp}/mediasoup-worker.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

if [ -n "$libsrtp2" ]; then
  dpkg-source --no-check -q -x "$(realpath "$libsrtp2")"/libsrtp2_*.dsc "$work/libsrtp2"
  meson setup --buildtype release --default-library static --prefix "$work/root" --libdir lib \
    -Dcrypto-library=openssl -Dcrypto-library-kdf=disabled -Dtests=disabled -Ddoc=disabled -Dpcap-tests=disabled \
    "$work/libsrtp2-build" "$work/libsrtp2" > "$work/log" || { tail -20 "$work/log" >&2; exit 1; }
  meson install -C "$work/libsrtp2-build" > "$work/log" || { tail -20 "$work/log" >&2; exit 1; }
  export PKG_CONFIG_PATH=$work/root/lib/pkgconfig
fi

# Without the *.wrap files, which would download. test, mocks and fuzzer only because meson checks that files exist.
mkdir "$work/worker"
cp -r "$package"/worker/{meson.build,meson_options.txt,src,include,fbs,deps,test,mocks,fuzzer} "$work/worker"
cp -r "$here"/overlay/* "$work/worker"
# No fuzz: a mediasoup whose lines differ must be looked at by a person, not built with half a patch.
for patch in "$here"/patches/*.patch; do
  patch --quiet --fuzz=0 --forward --strip=1 --directory "$work/worker" --input "$patch" ||
    { echo "$(basename "$patch") does not fit this version of mediasoup" >&2; exit 1; }
done

# build FOLDER OPTIONS: with those of the official build. The executable only, not the library of the same name that
# "all" would add.
build() {
  meson setup --buildtype release -Db_ndebug=true --wrap-mode=nodownload "${@:2}" "$1" "$work/worker" > "$work/log" ||
    { tail -20 "$work/log" >&2; exit 1; }
  ninja -C "$1" mediasoup-worker
}
# Many files as one: most of what there is to read is headers. Each defines macros anew that the one before it has
# defined, and every compiler warns of that.
built=$work/unity
if ! CXXFLAGS="${CXXFLAGS-} -w" build "$built" -Dunity=on -Dunity_size=25; then
  echo "this compiler does not take many files as one: it gets each by itself, which takes longer" >&2
  built=$work/plain
  build "$built"
fi

mkdir -p "$(dirname "$output")"
install -m 755 "$built/mediasoup-worker" "$output.$$"
mv -f "$output.$$" "$output"
