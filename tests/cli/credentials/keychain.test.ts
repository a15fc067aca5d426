import { expect, test } from 'bun:test'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { key } from '../../support/canary.ts'
import { entry, temporaryFolder } from '../../support/cli.ts'

/** A real, separate keyring, if this machine has the programs. */

const programs = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool', 'dbus-send', 'sed', 'sh']
const hasKeyring = programs.every((program) => Bun.which(program) !== null)

/** Prints the process that has the name of the keyring. */
const owner =
  'dbus-send --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets'

/** Ten programs in sequence: slow on a busy machine. */
const timeoutMs = 30_000

/** The output of a shell with an unlocked keyring and the program as `n`. */
const runInKeyring = (folder: string, script: string): string => {
  mkdirSync(join(folder, '.cache'), { recursive: true })
  // The daemon would run forever if the bus ended first, so it is always stopped. It gets its name on the bus only
  // some time after it went into the background.
  const begin = `echo password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    owner() { ${owner} | sed -n 's/.*uint32 //p'; }
    daemon=$(owner); until [ -n "$daemon" ]; do sleep 0.02; daemon=$(owner); done; trap 'kill $daemon' EXIT; trap 'exit 1' HUP INT TERM`
  const { stdout } = Bun.spawnSync(
    ['dbus-run-session', '--', 'sh', '-c', `${begin}\n n() { "$BUN" "$ENTRY" "$@"; }; ${script}`],
    {
      cwd: folder,
      env: { HOME: folder, PATH: process.env['PATH'] ?? '', BUN: process.execPath, ENTRY: entry, KEY: key },
      stderr: 'ignore',
    },
  )
  return stdout.toString()
}

test.if(hasKeyring)(
  'a key goes into a real keyring, out of it into the file, and is forgotten',
  () => {
    const folder = temporaryFolder()
    const file = join(folder, '.config', 'nexus-claude-api', 'config.json')
    const look = 'secret-tool lookup service nexus-claude-api account apiKey; echo'
    const shown = runInKeyring(
      folder,
      `echo "$KEY" | n config set apiKey; ${look}; n config get apiKey </dev/null; cat ${file}
     n config set apiKey --store file </dev/null; ${look}; n config set apiKey --store keychain </dev/null; ${look}
     n config unset apiKey </dev/null; ${look}`,
    )
    const reference = '{\n  "apiKey": {\n    "keychain": "apiKey"\n  }\n}\n'
    expect(shown).toBe(`${key}\nCANA…(25 characters)\n${reference}\n${key}\n\n`)
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual(['{}\n', 0o600])
  },
  timeoutMs,
)
