#!/usr/bin/env bash
# local-bases.sh NODE: makes the images churn-base and churn-build-base from files of this Debian machine, where no registry of images can
# be reached. NODE is the node binary. They stand in for the arguments BASE and BUILD of the Dockerfile.
set -euo pipefail
node=$(readlink -f "$1")
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

# A program or library with every library that the loader would give it.
with_libraries() {
  for file in "$@"; do
    echo "$file"
    ldd "$file" 2>/dev/null | grep -o '/[^ )]*' || true
  done | sort -u
}
copy() { # copy ROOT FILE...: each under its own path, links followed
  local root=$1; shift
  for file in "$@"; do mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; done
}
skeleton() { # /lib and the like are links, as in Debian
  mkdir -p "$1"/usr/{bin,lib,lib64,sbin} "$1"/{tmp,etc/ssl/certs,root,var/lib/dpkg}
  for name in bin lib lib64 sbin; do ln -s "usr/$name" "$1/$name"; done
  chmod 1777 "$1/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$1/etc/passwd"
  cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"
  install -D "$node" "$1/usr/bin/node"
  # What node and the packages' own libraries are linked with; all of it is in Debian's slim images.
  mapfile -t libraries < <(with_libraries "$node" /usr/lib/*-linux-gnu/{librt.so.1,libresolv.so.2,libnss_dns.so.2} | grep -v "^$node$")
  copy "$1" "${libraries[@]}"
}
commit() { # commit ROOT NAME
  local made; made=$(buildah from scratch)
  buildah add -q "$made" "$1" / >/dev/null
  buildah config --env PATH=/usr/bin:/bin --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt --label "$stamp" --cmd '[]' "$made"
  buildah commit -q --rm "$made" "localhost/$2" >/dev/null
  echo "localhost/$2"
}

# Made once for a node binary and this script.
stamp=org.churn.made=$(cat "$node" "$0" | sha256sum | cut -c 1-16)
for name in churn-base churn-build-base; do
  [ -n "$(buildah images -q --filter "label=$stamp" "localhost/$name" 2>/dev/null)" ] || missing=1
done
[ -n "${missing:-}" ] || exit 0

skeleton "$here/base"
commit "$here/base" churn-base

skeleton "$here/build"
mapfile -t tools < <(with_libraries /usr/bin/{dash,env,cat,cp,mkdir,rm,ls,ln,chmod,dpkg-query} /usr/lib/*-linux-gnu/{libxgboost.so.0,libdmlc.so.0,libgomp.so.1})
copy "$here/build" "${tools[@]}"
ln -s dash "$here/build/usr/bin/sh"
cp /var/lib/dpkg/status "$here/build/var/lib/dpkg/status"
cp -rL "$(dirname "$(readlink -f "$(command -v npm)")")/.." "$here/build/usr/lib/npm"
ln -s ../lib/npm/bin/npm-cli.js "$here/build/usr/bin/npm"
commit "$here/build" churn-build-base
