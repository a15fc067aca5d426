import { existsSync, readdirSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Installs clients and libraries under test in the user's cache folder. They are not dependencies of the package. */

export interface Packages {
  /** The name of the folder in the cache, different for each set of versions. */
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
}

const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nexus-claude-api', 'e2e')

/** The folder of installed packages. */
export const packageFolder = ({ name }: Packages): string => join(cacheFolder(), name)

const run = async (command: readonly string[], cwd: string): Promise<string> => {
  const child = Bun.spawn([process.execPath, ...command], { cwd, stdout: 'pipe', stderr: 'pipe' })
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`bun ${command.join(' ')} failed:\n${errors}${output}`)
  return output
}

/** Installs missing packages. Needs the npm registry once. An interrupted run leaves no files. */
export const installPackages = async (packages: Packages): Promise<void> => {
  const folder = packageFolder(packages)
  if (existsSync(folder)) return
  const { name, dependencies } = packages
  console.log(
    `installing ${Object.entries(dependencies)
      .map(([key, version]) => `${key}@${version}`)
      .join(', ')}`,
  )
  await mkdir(cacheFolder(), { recursive: true })
  const unfinished = await mkdtemp(join(cacheFolder(), `.${name}-`))
  try {
    await Bun.write(join(unfinished, 'package.json'), JSON.stringify({ private: true, dependencies }))
    await run(['install', '--no-save'], unfinished)
    // Another run may have installed them meanwhile.
    if (!existsSync(folder)) await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Returns the path of a program in a package, or throws. */
const programIn = (packages: Packages, ...path: readonly string[]): string => {
  const program = join(packageFolder(packages), 'node_modules', ...path)
  if (!existsSync(program)) throw new Error(`${packages.name} has no program at ${program}`)
  return program
}

const claudePackage = '@anthropic-ai/claude-code'

const claudePackages = (version: string): Packages => ({
  name: `claude-code-${version}`,
  dependencies: { [claudePackage]: version },
})

const isMusl = process.platform === 'linux' && existsSync('/etc/alpine-release')

/** The suffix of packages with native programs for this machine. */
const platform = `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`

/** Installs a version of Claude Code. Returns the path of its native program, from the package for this platform. */
export const installClaude = async (version: string): Promise<string> => {
  const packages = claudePackages(version)
  await installPackages(packages)
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude'
  return programIn(packages, `${claudePackage}-${platform}`, file)
}

const codexPackage = '@openai/codex'

/** Rust's names of the targets of Codex. */
const codexTargets: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
}

/** Installs a version of Codex. Returns the path of its native program. */
export const installCodex = async (version: string): Promise<string> => {
  const machine = `${process.platform}-${process.arch}`
  // The package of a platform is a version of the main package.
  const packages = { name: `codex-${version}`, dependencies: { [codexPackage]: `${version}-${machine}` } }
  await installPackages(packages)
  return programIn(packages, codexPackage, 'vendor', String(codexTargets[machine]), 'bin', 'codex')
}

/** Installs a version of opencode. Returns the path of its native program, which needs no script after the install. */
export const installOpenCode = async (version: string): Promise<string> => {
  const name = `opencode-${platform}`
  const packages = { name: `opencode-${version}`, dependencies: { [name]: version } }
  await installPackages(packages)
  return programIn(packages, name, 'bin', 'opencode')
}

const info = async (subject: string, ...member: readonly string[]): Promise<string> =>
  (await run(['info', subject, ...member], process.cwd())).trim()

/** The version of npm's `latest` tag. */
export const latestClaude = (): Promise<string> => info(claudePackage, 'version')

/** Every released version of Claude Code. */
export const publishedClaude = async (): Promise<string[]> =>
  (JSON.parse(await info(claudePackage, 'versions', '--json')) as string[]).filter((version) => !version.includes('-'))

/** npm's integrity hashes of the package, and of the package with the program for this machine. */
export const integrityOfClaude = async (version: string): Promise<Readonly<Record<string, string>>> => {
  const names = [claudePackage, `${claudePackage}-${platform}`]
  const hashes = names.map(async (name) => [name, await info(`${name}@${version}`, 'dist.integrity')])
  return Object.fromEntries(await Promise.all(hashes))
}

/** The versions in the cache. */
export const installedClaude = (): string[] => {
  const prefix = claudePackages('').name
  const names = existsSync(cacheFolder()) ? readdirSync(cacheFolder()) : []
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
}
