import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { root } from '../support/binary.ts'

/** Builds the app for other runtimes: one file, `dist/portable.js` (OP-X1). */

export const portablePath = join(root, 'dist', 'portable.js')
export const typesPath = join(root, 'dist', 'portable.d.ts')

/** Files of Bun's own functions, and those that other runtimes get. */
const twins: readonly (readonly [file: string, twin: string])[] = ['crc32', 'hash'].map((name) => [
  `src/runtime/${name}.ts`,
  `src/runtime/node/${name}.ts`,
])

/** Files whose functions are never called in this build, and what stands for them. */
const absent: readonly (readonly [path: RegExp, contents: string])[] = [
  // The options refuse a dashboard.
  [/\/src\/server\/ops\/dashboard\/pages\.ts$/, "export const [page, loginPage] = ['', '']"],
  // The options are an object, not a text.
  [/\/src\/config\/jsonc\.ts$/, 'export const [parseJsonc, createLineOf] = []'],
  // All routes have the adapter of Workers.
  [
    /\/elysia\/dist\/adapter\/bun\/index\.mjs$/,
    "export { WebStandardAdapter as BunAdapter } from '../web-standard/index.mjs'",
  ],
  // Only code without compiled routes calls it.
  [/\/elysia\/dist\/dynamic-handle\.mjs$/, 'export const [createDynamicHandler, createDynamicErrorHandler] = []'],
  // Elysia looks into uploaded files with it, and no route has any.
  [/\/file-type\/.+\.js$/, 'export const fileTypeFromBlob = undefined'],
  // Parts of prom-client that no metric of ours uses.
  [/\/prom-client\/lib\/(?:summary|pushgateway|defaultMetrics|cluster)\.js$/, 'module.exports = {}'],
]

const slashed = (path: string): string => path.replaceAll('\\', '/')

const portablePlugin: Bun.BunPlugin = {
  name: 'portable',
  setup(builder) {
    // Node's `require` needs the address of this module, which Workers do not know. prom-client calls these two.
    builder.onResolve({ filter: /^util$/ }, () => ({ path: 'util', namespace: 'imported' }))
    builder.onLoad({ filter: /./, namespace: 'imported' }, () => ({
      contents: "import util from 'node:util'\nexport const { format, inspect } = util",
      loader: 'js',
    }))
    // All that the app reads of the manifest.
    builder.onLoad({ filter: /package\.json$/ }, ({ path }) =>
      slashed(path) === slashed(join(root, 'package.json'))
        ? { contents: JSON.stringify({ version: manifest.version, repository: manifest.repository }), loader: 'json' }
        : undefined,
    )
    builder.onLoad({ filter: /\.[mc]?[jt]s$/ }, async ({ path }) => {
      const file = slashed(path)
      const twin = twins.find(([name]) => file === slashed(join(root, name)))
      if (twin !== undefined) return { contents: await Bun.file(join(root, twin[1])).text(), loader: 'ts' }
      const stub = absent.find(([pattern]) => pattern.test(file))
      return stub && { contents: stub[1], loader: 'js' }
    })
  },
}

/** Rejects with the bundler's messages. Resolves to the text. */
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
  return output.text()
}
