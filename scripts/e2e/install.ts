import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The pinned clients, kept in a cache folder of the user's: they are no dependency of the package. */

export const claudeVersions = ['2.1.197', '2.1.329'] as const
export type ClaudeVersion = (typeof claudeVersions)[number]

const cacheFolder = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nexus-claude-api', 'e2e')

const isMusl = process.platform === 'linux' && existsSync('/etc/alpine-release')

/** Claude Code is a native program in a package for each platform. */
const programIn = (folder: string): string => {
  const platform = `${process.platform}-${process.arch}${isMusl ? '-musl' : ''}`
  const name = process.platform === 'win32' ? 'claude.exe' : 'claude'
  return join(folder, 'node_modules', '@anthropic-ai', `claude-code-${platform}`, name)
}

/** Installs a version unless it is there, and returns the path of its program. Needs the npm registry once. */
export const installClaude = async (version: ClaudeVersion): Promise<string> => {
  const folder = join(cacheFolder(), version)
  const program = programIn(folder)
  if (existsSync(program)) return program
  console.log(`installing Claude Code ${version} into ${folder}`)
  await mkdir(folder, { recursive: true })
  await Bun.write(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, dependencies: { '@anthropic-ai/claude-code': version } }),
  )
  const install = Bun.spawn([process.execPath, 'install', '--no-save'], {
    cwd: folder,
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [code, errors] = [await install.exited, await new Response(install.stderr).text()]
  if (code !== 0 || !existsSync(program)) throw new Error(`Claude Code ${version} could not be installed:\n${errors}`)
  return program
}
