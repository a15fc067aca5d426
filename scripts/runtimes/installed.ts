import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The runtimes' programs, from the packages of this folder. */

const packages = join(import.meta.dir, 'node_modules')

const findIn = (names: readonly string[], path: string): string | undefined =>
  names.map((name) => join(packages, name, path)).find((program) => existsSync(program))

const programIn = (names: readonly string[], path: string): string => {
  const found = findIn(names, path)
  if (found === undefined) throw new Error(`none of ${names.join(', ')} is installed. Run: bun run test:runtimes`)
  return found
}

const { platform, arch } = process
const workerdArch = arch === 'x64' ? '64' : arch

/** npm has Node 22 for Linux; elsewhere, PATH must have it. */
export const node = (): string => findIn([`node-${platform}-${arch}`], 'bin/node') ?? Bun.which('node') ?? 'node'
export const deno = (): string => programIn([`@deno/${platform}-${arch}-glibc`, `@deno/${platform}-${arch}`], 'deno')
export const workerd = (): string => programIn([`@cloudflare/workerd-${platform}-${workerdArch}`], 'bin/workerd')
/** The date of the release, which its version contains: 1.20261117.1. */
export const workerdDate = (): string => {
  const { version } = JSON.parse(readFileSync(join(packages, 'workerd', 'package.json'), 'utf8'))
  return String(version).replace(/^\d+\.(\d{4})(\d\d)(\d\d)\..*$/, '$1-$2-$3')
}
export const packageFolder = (name: string): string => join(packages, name)
