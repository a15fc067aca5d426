import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Target } from '../targets.ts'
import { npmTargets, platformPackage } from './packages.ts'

/** npm as somebody else has it: nothing of ours, or of the person who runs the tests, is known to it. */

const isMusl = existsSync('/etc/alpine-release')

/** This machine's; undefined where there is none. */
export const own: Target | undefined = npmTargets.find(
  ({ os, arch, libc }) =>
    os === process.platform && arch === process.arch && (libc === undefined || (libc === 'musl') === isMusl),
)
export const ownPackage = own === undefined ? '' : platformPackage(own)

/** Its commands are scripts on Windows, which these tests do not know how to run. */
export const hasNpm = process.platform !== 'win32' && Bun.which('npm') !== null && Bun.which('node') !== null

interface RunResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A registry where nobody answers. */
const nowhere = 'http://127.0.0.1:1'

/** Makes the home's folders: some versions of npm want those of global packages to be there. */
export const npmEnvironment = (home: string, registry = nowhere): Record<string, string> => {
  const prefix = join(home, 'global')
  mkdirSync(join(prefix, 'lib'), { recursive: true })
  return {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    npm_config_prefix: prefix,
    npm_config_cache: join(home, 'cache'),
    npm_config_userconfig: join(home, 'npmrc'),
    npm_config_globalconfig: join(home, 'global-npmrc'),
    npm_config_registry: registry,
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    // Whoever cannot be reached is not waited for.
    npm_config_fetch_retries: '0',
    NO_PROXY: '*',
    no_proxy: '*',
  }
}

export const run = async (
  command: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>>,
): Promise<RunResult> => {
  const child = Bun.spawn([...command], { cwd, env: environment, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' })
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
  return { code: await child.exited, out, err }
}

/** An empty folder with tarballs in it, as somebody has who cannot reach a registry. */
export const folderWith = (folder: string, tarballs: readonly string[]): string => {
  mkdirSync(folder, { recursive: true })
  for (const tarball of tarballs) copyFileSync(tarball, join(folder, basename(tarball)))
  return folder
}
