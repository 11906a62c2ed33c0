#!/bin/sh
# Proves the direction of the includes and that each third-party name stays in its one folder.
#
#   base <- tokenizer, store <- indexer <- server <- cli
#
# usage: layering.sh [ROOT]
set -u
cd "${1:-$(dirname "$0")/..}" || exit 2
failed=0

# report NAME LINES: a rule holds when nothing was found against it
report() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
		failed=1
	fi
}

sources() {
	find "$@" -name '*.c' -o -name '*.h' -o -name "*.cc" -o -name "*.hh" 2>/dev/null | sort
}

# may_include FOLDER ALLOWED: quoted includes of FOLDER name only files in the ALLOWED folders
may_include() {
	report "$1/ includes only from: $2" "$(sources "$1" | xargs -r grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' |
		grep -vE "include[[:space:]]*\"($(echo "$2" | tr ' ' '|'))/[^\"]*\"")"
}

may_include base "base"
may_include tokenizer "base tokenizer"
may_include store "base store"
may_include indexer "base tokenizer store indexer"
may_include server "base tokenizer store indexer server"
may_include cli "base tokenizer store indexer server cli"

report "no include climbs with .." "$(sources base tokenizer store indexer server cli | xargs -r grep -nE '#[[:space:]]*include[[:space:]]*"[^"]*\.\.')"

product="base tokenizer store indexer server cli"

# stays NAME PATTERN ALLOWED-FILES (an extended expression over paths)
stays() {
	report "$1 is used only in $3" "$(sources $product | grep -vE "^($3)" | xargs -r grep -nE "#[[:space:]]*include[[:space:]]*<($2)")"
}

stays "ICU" "unicode/" "tokenizer/"
stays "LZ4" "lz4" "store/"
stays "Zstandard" "zstd" "store/"
verifier="cli/verifier/[a-z_]*\.[ch]" # checks proofs offline and must not trust our own code
stays "OpenSSL" "openssl/" "store/|$verifier"
stays "libsodium" "sodium" "store/|$verifier"
report "hoso-verify shares no code with the archive" "$(sources cli | grep -E "^$verifier$" | xargs -r grep -nE '#[[:space:]]*include[[:space:]]*"(store|indexer|tokenizer|server)/')"
stays "Xapian" "xapian" "indexer/match/xapian[a-z_]*\.(cc|hh)$"
stays "libmicrohttpd" "microhttpd" "server/"
stays "libarchive" "archive" "indexer/|store/"

# libarchive: one file for packages in, one for packages out
report "libarchive is used in one file of indexer/ and one of store/" "$(for folder in indexer store; do
	sources $folder | xargs -r grep -lE '#[[:space:]]*include[[:space:]]*<archive' | tail -n +2
done)"

# No library prints or ends the process: that is for the commands. base/log.c is the log. The extractor is a program.
report "libraries neither print nor exit" "$(sources base tokenizer store indexer | grep -vE '^(base/log\.c|tokenizer/gen/|indexer/extract)' |
	xargs -r grep -nE '(^|[^a-z_])(printf|puts|exit|abort|perror)[[:space:]]*\(' | grep -vE ':[[:space:]]*(/?\*|//)')"

exit $failed
