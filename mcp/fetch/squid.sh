#!/bin/sh
# Starts the egress proxy with the rules that follow from FETCH_ALLOWED_HOSTS and FETCH_PORTS. The fetch runner reads
# the same two variables (mcp/fetch/domain.ts), so the proxy opens what an operator opens there, and nothing else.
set -euf
rules=${SQUID_RULES:-/tmp/opened.conf}

wrong() {
  echo "egress: $1: \"$2\" $3. Set it in .env, then: docker compose up -d" >&2
  exit 78
}

# $1: the variable; $2: the port.
check_port() {
  case $2 in '' | *[!0-9]* | ??????*) wrong "$1" "$2" "is not a port" ;; esac
  if [ "$2" -lt 1 ] || [ "$2" -gt 65535 ]; then wrong "$1" "$2" "is not a port"; fi
}

ports=$(printf '%s' "${FETCH_PORTS:-80,443,8080,8443}" | tr ',\n' '  ')
for port in $ports; do check_port FETCH_PORTS "$port"; done
echo "acl web_ports port $ports" > "$rules"

number=0
for entry in $(echo "${FETCH_ALLOWED_HOSTS:-}" | tr ',' ' '); do
  number=$((number + 1))
  port=
  case $entry in
    \[*\]:*) host=${entry%\]:*} port=${entry##*\]:} ;;
    \[*\]) host=${entry%\]} ;;
    \[*) wrong FETCH_ALLOWED_HOSTS "$entry" "is not [ipv6] or [ipv6]:port" ;;
    *:*) host=${entry%:*} port=${entry##*:} ;;
    *) host=$entry ;;
  esac
  [ "$entry" = "$host" ] || [ "${entry%\]}" = "$host" ] || check_port FETCH_ALLOWED_HOSTS "$port"
  # -n: Squid compares the host as it is written here. It looks up neither the address of a name nor the name of an
  # address.
  case $host in
    \[*[!0-9A-Fa-f:.\[]* | \[ | \[*\[*) wrong FETCH_ALLOWED_HOSTS "$entry" "is not host, host:port or [ipv6]:port" ;;
    \[*) kind="dst -n" host=${host#\[} ;;
    '' | -* | .* | *..* | *[!A-Za-z0-9._-]*)
      wrong FETCH_ALLOWED_HOSTS "$entry" "is not host, host:port or [ipv6]:port (names in ASCII: xn--…)" ;;
    *[!0-9.]*) kind="dstdomain -n" host=${host%.} ;;
    *.*.*.*.* | *.) wrong FETCH_ALLOWED_HOSTS "$entry" "is not an address" ;;
    *.*.*.*) kind="dst -n" ;;
    *) wrong FETCH_ALLOWED_HOSTS "$entry" "is not an address" ;;
  esac
  echo "acl opened_host_$number $kind $host" >> "$rules"
  echo "acl opened_port_$number port ${port:-$ports}" >> "$rules"
  echo "http_access allow connect opened_host_$number opened_port_$number" >> "$rules"
done

exec squid -N -f "${SQUID_CONFIG:-/etc/dragoman/squid.conf}"
