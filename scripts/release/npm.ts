import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/binary.ts'
import { packPlatform, packWrapper } from './npm/pack.ts'
import { npmTargets } from './npm/packages.ts'
import { project, targetsFolder } from './project.ts'
import { programName } from './targets.ts'

/**
 * Makes the npm packages from the programs in `dist/targets/`: folders in `dist/npm/`, tarballs in `dist/release/npm/`.
 * Publish the packages of the platforms first: the package with the command needs them.
 *
 *   bun run package:npm [--target linux-arm64 ...]
 */

const { values } = parseArgs({ options: { target: { type: 'string', multiple: true } } })

const known = npmTargets.map(({ id }) => id)
const unknown = (values.target ?? []).filter((id) => !known.includes(id))
if (unknown.length > 0) {
  console.error(`No npm package has the target ${unknown.join(', ')}. Choose from ${known.join(', ')}.`)
  process.exit(2)
}
const wanted = npmTargets
  .filter(({ id }) => values.target?.includes(id) ?? true)
  .map((target) => ({ target, program: join(targetsFolder, target.id, programName(target, project.name)) }))
const missing = wanted.filter(({ program }) => !existsSync(program))
if (missing.length > 0) {
  const flags = missing.map(({ target }) => `--target ${target.id}`).join(' ')
  console.error(`Not built yet: ${missing.map(({ target }) => target.id).join(', ')}. Run: bun run build ${flags}`)
  process.exit(2)
}

const options = { folder: join(root, 'dist', 'npm'), tarballs: join(root, 'dist', 'release', 'npm') }
for (const { target, program } of wanted) console.log(await packPlatform(target, program, options))
console.log(await packWrapper(options))
