#!/bin/sh
# Ends the processes of a parent that can no longer end them itself. A `kill -9` leaves the parent no
# last words, and Unix then lets its children run on, holding ports and the database. This shell reads
# a pipe whose other end only the parent holds: however the parent dies, the pipe ends, and the
# processes named in it and not forgotten since are ended here.
# Input, one a line: `watch <pid> <signal to stop it>` · `forget <pid>`

watched=''

forget() {
  rest=''
  for entry in $watched; do
    [ "${entry%%:*}" = "$1" ] || rest="$rest $entry"
  done
  watched=$rest
}

while read -r word pid signal; do
  case $word in
    watch) watched="$watched $pid:$signal" ;;
    forget) forget "$pid" ;;
  esac
done

for entry in $watched; do
  kill -s "${entry##*:}" "${entry%%:*}" 2>/dev/null
done

tries=0
while [ $tries -lt 50 ]; do
  for entry in $watched; do
    kill -0 "${entry%%:*}" 2>/dev/null || forget "${entry%%:*}"
  done
  [ -n "$watched" ] || exit 0
  sleep 0.1
  tries=$((tries + 1))
done

for entry in $watched; do
  kill -s KILL "${entry%%:*}" 2>/dev/null
done
