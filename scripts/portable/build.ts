import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import manifest from '../../package.json' with { type: 'json' }
import { root } from '../support/binary.ts'
import { absent } from './absent.ts'

/** Builds the app for other runtimes: one file, `dist/portable.js` (OP-X1). */

export const portablePath = join(root, 'dist', 'portable.js')
export const typesPath = join(root, 'dist', 'portable.d.ts')

/** Files of Bun's own functions, and those that other runtimes get. */
const twins: readonly (readonly [file: string, twin: string])[] = ['crc32', 'hash'].map((name) => [
  `src/runtime/${name}.ts`,
  `src/runtime/node/${name}.ts`,
])

const slashed = (path: string): string => path.replaceAll('\\', '/')

/** Texts about settings, for help and documentation. */
const settingTexts =
  /^ +(?:description|details|offDescription|hint):\s+(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"),\n/gm

const withoutTexts = (source: string): string => source.replace(settingTexts, '')

/** Reads files as they are in this build; undefined for one without a change. */
const changed = async (path: string): Promise<Bun.OnLoadResult> => {
  const file = slashed(path)
  const own = file.startsWith(`${slashed(root)}/`) ? file.slice(slashed(root).length + 1) : file
  const twin = twins.find(([name]) => name === own)
  if (twin !== undefined) return { contents: await Bun.file(join(root, twin[1])).text(), loader: 'ts' }
  const stub = absent.find(({ importedFrom, file: pattern }) => importedFrom === undefined && pattern.test(file))
  if (stub !== undefined) return { contents: stub.contents, loader: 'js' }
  if (own.startsWith('src/config/settings/'))
    return { contents: withoutTexts(await Bun.file(path).text()), loader: 'ts' }
  // All that the app reads of the manifest.
  if (own === 'package.json')
    return {
      contents: JSON.stringify({ version: manifest.version, repository: manifest.repository }),
      loader: 'json',
    }
  return undefined
}

const portablePlugin: Bun.BunPlugin = {
  name: 'portable',
  setup(builder) {
    builder.onResolve({ filter: /^[a-z@]/ }, ({ path, importer }) => {
      // Node's `require` needs the address of this module, which Workers do not know.
      if (path === 'util') return { path, namespace: 'imported' }
      const folder = `${slashed(dirname(importer))}/`
      const isAbsent = absent.some(({ file, importedFrom }) => importedFrom?.test(folder) === true && file.test(path))
      return isAbsent ? { path, namespace: 'absent' } : undefined
    })
    // prom-client calls these two.
    builder.onLoad({ filter: /./, namespace: 'imported' }, () => ({
      contents: "import util from 'node:util'\nexport const { format, inspect } = util",
      loader: 'js',
    }))
    builder.onLoad({ filter: /./, namespace: 'absent' }, ({ path }) => ({
      contents: absent.find(({ file }) => file.test(path))?.contents ?? '',
      loader: 'js',
    }))
    builder.onLoad({ filter: /\.(?:[mc]?js|ts|json)$/ }, ({ path }) => changed(path))
  },
}

/** The bundler imports `createRequire` also for calls that it has left out; without its name, the import is unused. */
const unusedRequire = /^import"node:module";/

/** Resolves to the module's text. Rejects with the bundler's messages. */
export const buildPortable = async (): Promise<string> => {
  const result = await Bun.build({
    entrypoints: [join(root, 'src', 'portable.ts')],
    target: 'node',
    format: 'esm',
    minify: true,
    define: { Bun: 'undefined', BUILD_TARGET: '"portable"', 'process.env.NODE_ENV': '"production"' },
    plugins: [portablePlugin],
  })
  const [output] = result.outputs
  if (!result.success || output === undefined) throw new AggregateError(result.logs, 'the module could not be built')
  // Finds shorter forms that Bun's minifier does not: a fiftieth of the module.
  const { code } = await transform(await output.text(), {
    minify: true,
    format: 'esm',
    target: 'es2023',
  })
  return code.replace(unusedRequire, '')
}
