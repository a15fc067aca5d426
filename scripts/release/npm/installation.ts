import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Target } from '../targets.ts'
import { npmTargets, platformPackage } from './packages.ts'

/** Runs npm without the configuration of this project and of the user who runs the tests. */

const isMusl = existsSync('/etc/alpine-release')

/** This machine's target; undefined if there is none. */
export const own: Target | undefined = npmTargets.find(
  ({ os, arch, libc }) =>
    os === process.platform && arch === process.arch && (libc === undefined || (libc === 'musl') === isMusl),
)
export const ownPackage = own === undefined ? '' : platformPackage(own)

/** On Windows, the commands are scripts, which these tests do not run. */
export const hasNpm = process.platform !== 'win32' && Bun.which('npm') !== null && Bun.which('node') !== null

interface RunResult {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A registry that does not answer. */
const nowhere = 'http://127.0.0.1:1'

/** Creates the folders of the home: some versions of npm require those of global packages. */
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
    // Without retries, because the registry cannot be reached.
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

/** A folder with tarballs only, as for a user without a registry. */
export const folderWith = (folder: string, tarballs: readonly string[]): string => {
  mkdirSync(folder, { recursive: true })
  for (const tarball of tarballs) copyFileSync(tarball, join(folder, basename(tarball)))
  return folder
}
