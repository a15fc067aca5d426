import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/binary.ts'
import { builtOrNewProgram, builtProgram, packRelease } from './pack-release.ts'
import { targets } from './targets.ts'

/**
 * Creates the files of a release in `dist/release/` from the built programs. Builds programs that are missing, or of
 * another commit.
 *
 *   bun run package [--all] [--target linux-arm64 ...] [--built]
 *
 * Without a target: this machine's. `--built` builds no program, because a new one would be unsigned and untested.
 * Writes the manifests of package managers if all archives exist.
 */

const { values } = parseArgs({
  options: { all: { type: 'boolean' }, target: { type: 'string', multiple: true }, built: { type: 'boolean' } },
})
const own = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
const named = values.all === true ? targets.map(({ id }) => id) : (values.target ?? [own])
const wanted = targets.filter(({ id }) => named.includes(id))
const unknown = named.filter((id) => !targets.some((target) => target.id === id))
if (unknown.length > 0) {
  console.error(`Unknown target: ${unknown.join(', ')}. Choose from ${targets.map(({ id }) => id).join(', ')}.`)
  process.exit(2)
}

const missing = await packRelease({
  folder: join(root, 'dist', 'release'),
  targets: wanted,
  programOf: (target) => (values.built === true ? builtProgram : builtOrNewProgram)(target, process.env),
  environment: process.env,
  onFile: (path) => console.log(path),
})
if (missing.length > 0)
  console.log(`No manifests of package managers: these archives are missing:\n  ${missing.join('\n  ')}`)
