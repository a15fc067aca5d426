import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ObjectSerializer } from '@kubernetes/client-node/dist/gen/models/ObjectSerializer.js'
import { parseAllDocuments } from 'yaml'
import { temporaryFolder } from './cli.ts'

/** The manifests of deploy/kubernetes, and their judge: the types of the official client, which list every field. */

const root = join(import.meta.dir, '..', '..')
export const manifestsFolder = join(root, 'deploy', 'kubernetes')

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> }
}

export const readDocuments = (text: string): unknown[] =>
  parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS()
  })

export const readManifestText = (path: string): string => readFileSync(join(manifestsFolder, path), 'utf8')

/** Every document of the folder, by its path. */
export const manifestFiles: ReadonlyMap<string, readonly unknown[]> = new Map(
  readdirSync(manifestsFolder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .sort()
    .map((path) => [relative(manifestsFolder, path), readDocuments(readFileSync(path, 'utf8'))]),
)

/** `autoscaling/v2` and `HorizontalPodAutoscaler` are `V2HorizontalPodAutoscaler`. */
const typeOf = ({ apiVersion, kind }: Manifest): string => {
  const version = apiVersion.split('/').at(-1) ?? ''
  return version.charAt(0).toUpperCase() + version.slice(1) + kind
}

/** The compiler names values of a wrong type, and fields that are missing or unknown. */
const compile = (source: string): string => {
  const folder = temporaryFolder()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'manifests.ts'), source)
  const { stdout } = Bun.spawnSync(
    [
      ...[process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--strict'],
      ...['--skipLibCheck', '--module', 'preserve', '--types', '', '--pretty', 'false', 'manifests.ts'],
    ],
    { cwd: folder },
  )
  return stdout.toString()
}

/** Returns the faults of the manifests, empty for none. */
export const judgeManifests = (manifests: readonly Manifest[]): string => {
  const typed = manifests.map((manifest) => {
    const type = typeOf(manifest)
    const read: unknown = ObjectSerializer.deserialize(manifest, type, '')
    // The serializer drops fields that it does not know. The client's names of some fields differ, such as `_from`.
    const isComplete = Bun.deepEquals(ObjectSerializer.serialize(read, type, ''), manifest)
    return { type, isComplete, value: isComplete ? read : manifest }
  })
  const types = [...new Set(typed.map(({ type }) => type))].join(', ')
  const lines = typed.map(({ type, value }, index) => `export const m${index}: ${type} = ${JSON.stringify(value)}`)
  return [
    ...typed.flatMap(({ type, isComplete }) => (isComplete ? [] : [`${type} has unknown fields`])),
    compile([`import type { ${types} } from '@kubernetes/client-node'`, ...lines].join('\n')),
  ].join('\n')
}
