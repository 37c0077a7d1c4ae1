#!/bin/sh
# Runs before the image's own entrypoint: makes the key that encrypts stored credentials, once, in its own volume.
set -eu
umask 077
if [ ! -s "$OMS_SECRET_KEY_FILE" ]; then
    fresh="$OMS_SECRET_KEY_FILE.$$"
    python3 -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' > "$fresh"
    # Not over a key that another container made in the meantime.
    ln "$fresh" "$OMS_SECRET_KEY_FILE" || true
    rm "$fresh"
fi
exec /entrypoint.sh "$@"
