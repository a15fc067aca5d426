/** What the build for other runtimes leaves out, because no route of ours ever calls it. */

export interface Absent {
  /** The path of a file, or the name of a package and the folder of those that import it. */
  readonly file: RegExp
  readonly importedFrom?: RegExp
  /** Stands for it. */
  readonly contents: string
}

/** Each route has a Standard Schema, which checks by itself: Elysia needs none of TypeBox's checks and conversions. */
const elysiaSchemas: readonly Absent[] = [
  {
    file: /^@sinclair\/typebox\/value$/,
    importedFrom: /\/elysia\//,
    contents: 'export const Value = {}\nexport class TransformDecodeError extends Error {}',
  },
  { file: /^exact-mirror$/, importedFrom: /\/elysia\//, contents: 'export const createMirror = undefined' },
  {
    file: /\/elysia\/dist\/type-system\/index\.mjs$/,
    contents: 'export const t = { Module: () => ({ Import: () => undefined }) }',
  },
  {
    file: /\/elysia\/dist\/replace-schema\.mjs$/,
    contents: `const none = () => []
export { none as coerceFormData, none as coercePrimitiveRoot, none as queryCoercions, none as stringToStructureCoercions }
export const [replaceSchemaTypeFromManyOptions, revertObjAndArrStr] = []`,
  },
  {
    file: /\/elysia\/dist\/type-system\/utils\.mjs$/,
    contents: 'export const [validationDetail, fileType] = []',
  },
]

export const absent: readonly Absent[] = [
  ...elysiaSchemas,
  // Workers forbid compiled checks. Elsewhere, to compile takes as long as fifty large requests without that.
  {
    file: /^@sinclair\/typebox\/compiler$/,
    importedFrom: /./,
    contents: 'export const TypeCompiler = { Compile() { throw new EvalError() } }',
  },
  // Most kinds of types, which the bundler keeps behind a name for all of them.
  { file: /\/typebox\/build\/esm\/type\/type\/index\.mjs$/, contents: "export * as Type from './type.mjs'" },
  // The options refuse a dashboard, which alone has cookies.
  {
    file: /\/elysia\/dist\/cookies\.mjs$/,
    contents: 'export class Cookie {}\nexport const [createCookieJar, parseCookie, serializeCookie] = []',
  },
  {
    file: /\/src\/server\/ops\/dashboard\/(?:create-dashboard|routes)\.ts$/,
    contents: 'export const [createDashboard, dashboardRoutes] = []',
  },
  // They refuse reports to Slack and other addresses, too.
  {
    file: /\/src\/gateway\/observers\/(?:slack|telemetry)\.ts$/,
    contents: 'export const [createSlack, createTelemetry] = []',
  },
  // They refuse sign-in, too.
  {
    file: /\/src\/server\/sign-in\/routes\.ts$/,
    contents: 'export const signInRoutes = undefined',
  },
  {
    file: /\/src\/app-sign-in\.ts$/,
    contents: 'export const signedInOf = () => ({ options: {}, observers: [] })',
  },
  // They refuse web search, too.
  {
    file: /\/src\/(?:gateway\/web-search\/with-web-search|search\/configured-search)\.ts$/,
    contents: 'export const [withWebSearch, createConfiguredSearch] = []',
  },
  // The options are an object, not a text.
  { file: /\/src\/config\/jsonc\.ts$/, contents: 'export const [parseJsonc, createLineOf] = []' },
  // All routes have the adapter of Workers.
  {
    file: /\/elysia\/dist\/adapter\/bun\/index\.mjs$/,
    contents: "export { WebStandardAdapter as BunAdapter } from '../web-standard/index.mjs'",
  },
  // No hook traces requests.
  {
    file: /\/elysia\/dist\/trace\.mjs$/,
    contents: "export const ELYSIA_TRACE = Symbol('trace')\nexport const createTracer = undefined",
  },
  // Only routes that are not compiled need it.
  {
    file: /\/elysia\/dist\/dynamic-handle\.mjs$/,
    contents: 'export const [createDynamicHandler, createDynamicErrorHandler] = []',
  },
  // Parts of prom-client that no metric of ours uses.
  { file: /\/prom-client\/lib\/(?:summary|pushgateway|defaultMetrics|cluster)\.js$/, contents: 'module.exports = {}' },
]
