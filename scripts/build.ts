import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { posixQuote } from '../src/cli/clients/shells.ts'
import { buildProgram, commitOf } from './release/build-program.ts'
import { project, targetsFolder } from './release/project.ts'
import { archiveName, programName, type Target, targets } from './release/targets.ts'
import { binary } from './support/binary.ts'

/**
 * Builds this machine's program and the module for other runtimes into `dist/`, or other programs into
 * `dist/targets/<id>/`.
 *
 *   bun run build [--all] [--target linux-arm64 ...] [--list]
 */

const { values } = parseArgs({
  options: { all: { type: 'boolean' }, target: { type: 'string', multiple: true }, list: { type: 'boolean' } },
})
if (values.list === true) {
  for (const target of targets) console.log(`${target.id}  ${archiveName(target, project.name, project.version)}`)
  process.exit(0)
}

const known = targets.map(({ id }) => id)
const unknown = (values.target ?? []).filter((id) => !known.includes(id))
if (unknown.length > 0) {
  console.error(`Unknown target: ${unknown.join(', ')}. Choose from ${known.join(', ')}.`)
  process.exit(2)
}
const wanted = values.all === true ? targets : targets.filter(({ id }) => values.target?.includes(id))
const commit = commitOf(process.env)

const build = async (outfile: string, target?: Target): Promise<void> => {
  await rm(dirname(outfile) === dirname(binary) ? outfile : dirname(outfile), { recursive: true, force: true })
  await mkdir(dirname(outfile), { recursive: true })
  await buildProgram({ outfile, commit, ...(target !== undefined && { target }) })
  const size = Bun.file(outfile).size / 1024 / 1024
  console.log(`${outfile} (${size.toFixed(0)} MB)`)
}

/** The commands for this machine's program, for the platform's usual shell. */
const nextStep = (folder: string): string => {
  const line =
    process.platform === 'win32' ? `$env:PATH = "${folder};$env:PATH"` : `export PATH=${posixQuote(folder)}:"$PATH"`
  return `Next, put it on your PATH and start Claude Code:\n  ${line}\n  ${project.name} claude`
}

if (wanted.length === 0) {
  await import('./portable/run.ts')
  await build(binary)
  console.log(nextStep(dirname(binary)))
}
for (const target of wanted) await build(join(targetsFolder, target.id, programName(target, project.name)), target)
