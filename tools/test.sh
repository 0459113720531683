#!/usr/bin/env bash
# Builds everything twice, optimised and with sanitizers, and runs every test that needs no GPU in one ctest run.
# ctest's closing lines come last; tests that were skipped are listed there by name. Exit status 0 only if all is well.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh

require_build_packages
require libgtest-dev=/usr/include/gtest/gtest.h libgmock-dev=/usr/include/gmock/gmock.h
want clang-format=clang-format clang-tidy=clang-tidy strace=strace libbenchmark-dev=/usr/include/benchmark/benchmark.h \
  prometheus=promtool python3-jsonschema=/usr/lib/python3/dist-packages/jsonschema/__init__.py \
  python3-yaml=/usr/lib/python3/dist-packages/yaml/__init__.py
want nodejs=node npm=npm chromium=chromium
want ccache=ccache  # the next build of nearly the same tree takes a fraction of the first

for preset in check asan; do
  cmake --preset "$preset"
  cmake --build --preset "$preset"
done

# What the browser tests need besides; without it they are skipped.
if command -v npm >/dev/null 2>&1 && [ ! -d build/browser/node_modules/axe-core ]; then
  mkdir -p build/browser
  cp tests/browser/package.json tests/browser/package-lock.json build/browser/
  npm ci --prefix build/browser --no-audit --no-fund --loglevel=error ||
    echo "npm packages could not be installed; tests in a browser are skipped"
fi

# One list of tests over both builds, so that there is one verdict.
mkdir -p build/all-tests
printf 'subdirs("%s" "%s")\n' "$PWD/build" "$PWD/build-asan" > build/all-tests/CTestTestfile.cmake
export UBSAN_OPTIONS="${UBSAN_OPTIONS:-print_stacktrace=1}"
exec ctest --test-dir build/all-tests --output-on-failure --no-tests=error --parallel "$(nproc)"
