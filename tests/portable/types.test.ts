import { expect, test } from 'bun:test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { portableTypes } from '../../scripts/portable/types.ts'
import { root } from '../../scripts/support/binary.ts'
import { temporaryFolder } from '../support/cli.ts'

/** TypeScript reads our sources for this. */
const longMs = 60_000

test(
  "the module's types have the options of the function (OP-X1)",
  () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'portable.d.ts'), portableTypes)
    const program = `import type { FetchOptions } from './portable'
import type { PortableOptions } from '${join(root, 'src', 'config', 'portable-options.ts')}'

export const forwards = (own: PortableOptions): Required<FetchOptions> => own as Required<PortableOptions>
export const backwards = (published: FetchOptions): Required<PortableOptions> => published as Required<FetchOptions>
`
    writeFileSync(join(folder, 'program.ts'), program)
    const compilerOptions = { types: ['bun'], typeRoots: [join(root, 'node_modules', '@types')] }
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, files: ['program.ts'], include: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const { exitCode, stdout } = Bun.spawnSync([tsc, '--project', folder], { cwd: root })
    expect({ exitCode, out: stdout.toString() }).toEqual({ exitCode: 0, out: '' })
  },
  longMs,
)

test(
  "the module's types need no other types, and accept the bindings of a Worker (OP-X1, OP-X4)",
  () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'portable.d.ts'), portableTypes)
    const program = `import { createFetch, type FetchOptions, optionsFromEnvironment } from './portable.js'

// "wrangler types" writes an interface.
interface Bindings { readonly NEXUS_API_KEY: string; readonly BUCKET: { get(name: string): unknown } }
declare const env: Bindings
declare const process: { readonly env: { [name: string]: string | undefined } }

const options: FetchOptions = { ...optionsFromEnvironment(env), rateLimit: { requestsPerMinute: 60 } }
const lines: string[] = []
const answer = createFetch(options, { log: (line, level) => lines.push(level + line) })
createFetch(optionsFromEnvironment(process.env))
// @ts-expect-error
createFetch({ tiemout: 5 })
// @ts-expect-error
createFetch({ history: { enabled: true } })

export default {
  fetch: (request: Request): Promise<Response> => answer(request, () => request.headers.get('x') ?? undefined),
}
`
    writeFileSync(join(folder, 'program.ts'), program)
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ module: 'nodenext', target: 'es2022', lib: ['es2022', 'dom'], types: [], noEmit: true },
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const { exitCode, stdout } = Bun.spawnSync([join(root, 'node_modules', '.bin', 'tsc'), '--project', folder])
    expect({ exitCode, out: stdout.toString() }).toEqual({ exitCode: 0, out: '' })
  },
  longMs,
)
