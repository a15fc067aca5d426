import { join } from 'node:path'
import { root } from '../support/binary.ts'
import { project } from './project.ts'
import type { Target } from './targets.ts'

export interface BuildOptions {
  readonly outfile: string
  /** This machine's own kind without it. */
  readonly target?: Target
  /** As `commitOf` has it. */
  readonly commit: string
}

/** The first characters of the commit that is built, with `-dirty` where files were changed. */
export const commitOf = (environment: Readonly<Record<string, string | undefined>>): string => {
  const git = (...args: string[]): string | undefined => {
    const { success, stdout } = Bun.spawnSync(['git', ...args], { cwd: root, stderr: 'ignore' })
    return success ? stdout.toString().trim() : undefined
  }
  // Whoever packs the sources without their history says what they are.
  const commit = environment['SOURCE_COMMIT'] || git('rev-parse', 'HEAD')
  if (commit === undefined) return 'unknown'
  const isDirty = !environment['SOURCE_COMMIT'] && git('status', '--porcelain', '--untracked-files=no') !== ''
  return commit.slice(0, 12) + (isDirty ? '-dirty' : '')
}

/** Windows counts four numbers, and knows no pre-releases. */
export const windowsVersion = `${project.version.replace(/[-+].*/, '')}.0`

/** What Explorer and the task list show of the program. Bun writes it on Windows alone, and fails elsewhere. */
const windowsDetails = {
  title: project.name,
  publisher: `The ${project.name} authors`,
  version: windowsVersion,
  description: project.description,
  copyright: `The ${project.name} authors, ${project.license} license`,
  icon: join(root, 'scripts', 'release', 'icon.ico'),
  hideConsole: false,
} as const

/** Builds one program, with its source map beside it. Rejects with what the bundler says. */
export const buildProgram = async ({ outfile, target, commit }: BuildOptions): Promise<void> => {
  const result = await Bun.build({
    entrypoints: [join(root, 'src', 'main.ts')],
    target: 'bun',
    // Starts in a fifth of the time, and forbids top-level await.
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
      // A repository must not be able to set an endpoint, or to run code, in the program that holds the key.
      autoloadDotenv: false,
      autoloadBunfig: false,
      autoloadTsconfig: false,
      autoloadPackageJson: false,
      // Companies put their own roots into the system's store.
      execArgv: ['--use-system-ca'],
    },
  })
  if (!result.success) throw new AggregateError(result.logs, 'the program could not be built')
}
