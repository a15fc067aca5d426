import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { project } from './project.ts'
import type { Target } from './targets.ts'

export interface BuildOptions {
  readonly outfile: string
  /** Default: this machine. */
  readonly target?: Target
  /** From `commitOf`. */
  readonly commit: string
}

/** The first characters of the commit, with `-dirty` if files were changed. */
export const commitOf = (environment: Readonly<Record<string, string | undefined>>): string => {
  const git = (...args: string[]): string | undefined => {
    const { success, stdout } = Bun.spawnSync(['git', ...args], { cwd: root, stderr: 'ignore' })
    return success ? stdout.toString().trim() : undefined
  }
  // Sources without their git history need the variable.
  const commit = environment['SOURCE_COMMIT'] || git('rev-parse', 'HEAD')
  if (commit === undefined) return 'unknown'
  const isDirty = !environment['SOURCE_COMMIT'] && git('status', '--porcelain', '--untracked-files=no') !== ''
  return commit.slice(0, 12) + (isDirty ? '-dirty' : '')
}

/** Versions on Windows have four numbers and no pre-release. */
export const windowsVersion = `${project.version.replace(/[-+].*/, '')}.0`

/** Details that Explorer and the task list show. Bun writes them only on Windows, and fails elsewhere. */
const windowsDetails = {
  title: project.name,
  publisher: `The ${project.name} authors`,
  version: windowsVersion,
  description: project.description,
  copyright: `The ${project.name} authors, ${project.license} license`,
  icon: join(root, 'scripts', 'release', 'icon.ico'),
  hideConsole: false,
} as const

/** Builds one program, with its source map next to it. Rejects with the bundler's messages. */
export const buildProgram = async ({ outfile, target, commit }: BuildOptions): Promise<void> => {
  const result = await Bun.build({
    entrypoints: [join(root, 'src', 'main.ts')],
    target: 'bun',
    // The start takes a fifth of the time. Forbids top-level await.
    bytecode: true,
    format: 'esm',
    minify: true,
    sourcemap: 'external',
    define: {
      BUILD_COMMIT: JSON.stringify(commit),
      ...(target !== undefined && { BUILD_TARGET: JSON.stringify(target.id) }),
    },
    compile: {
      ...(target !== undefined && { target: target.bun }),
      outfile,
      ...(process.platform === 'win32' && (target?.os ?? 'win32') === 'win32' && { windows: windowsDetails }),
      // A repository must not set an endpoint or run code in the program that has the key.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      // Companies add their own root certificates to the system's store.
      execArgv: ['--use-system-ca'],
    },
  })
  if (!result.success) throw new AggregateError(result.logs, 'the program could not be built')
}
