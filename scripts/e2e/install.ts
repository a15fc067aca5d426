import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Clients and libraries under test, kept in a cache folder of the user's: they are no dependencies of the package. */

export interface Packages {
  /** The folder's name in the cache: one for each set of versions. */
  readonly name: string
  readonly dependencies: Readonly<Record<string, string>>
}

const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nexus-claude-api', 'e2e')

/** Where packages are once they are installed. */
export const packageFolder = ({ name }: Packages): string => join(cacheFolder(), name)

const run = async (command: readonly string[], cwd: string): Promise<string> => {
  const child = Bun.spawn([process.execPath, ...command], { cwd, stdout: 'pipe', stderr: 'pipe' })
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  if ((await child.exited) !== 0) throw new Error(`bun ${command.join(' ')} failed:\n${errors}${output}`)
  return output
}

/** Installs packages unless they are there. Needs the npm registry once. A run that is cut off leaves nothing behind. */
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

const claudePackage = '@anthropic-ai/claude-code'

const claudePackages = (version: string): Packages => ({
  name: `claude-code-${version}`,
  dependencies: { [claudePackage]: version },
})

const isMusl = process.platform === 'linux' && existsSync('/etc/alpine-release')

/** The name of the packages that hold native programs for this machine ends so. */
const platform = `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`

/** Installs a version of Claude Code, and returns the path of its program: a native one, in a package for each platform. */
export const installClaude = async (version: string): Promise<string> => {
  const packages = claudePackages(version)
  await installPackages(packages)
  const file = process.platform === 'win32' ? 'claude.exe' : 'claude'
  const program = join(packageFolder(packages), 'node_modules', `${claudePackage}-${platform}`, file)
  if (!existsSync(program)) throw new Error(`Claude Code ${version} has no program at ${program}`)
  return program
}

/** The version that npm's `latest` is. */
export const latestClaude = async (): Promise<string> =>
  (await run(['info', claudePackage, 'version'], process.cwd())).trim()
