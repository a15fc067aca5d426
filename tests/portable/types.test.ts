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
