import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../support/binary.ts'

/** A package of which the program holds at least one file. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** As SPDX calls it. */
  readonly license: string
  /** Where its sources are, as far as it says. */
  readonly homepage?: string
  /** The words of its license; undefined where it ships none. */
  readonly licenseText?: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly homepage?: string
}

const licenseFile = /^(?:licen[cs]e|copying)(?:\.\w+)?$/i

const readPackage = (folder: string): BundledPackage => {
  const { name, version, license, homepage }: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder)
    .sort()
    .find((entry) => licenseFile.test(entry))
  return {
    name,
    version,
    license,
    ...(homepage !== undefined && { homepage }),
    ...(file !== undefined && { licenseText: readFileSync(join(folder, file), 'utf8').trim() }),
  }
}

/** `node_modules/a/node_modules/@b/c` of a file within it. */
const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/**
 * Asks the bundler what it takes: the tree of dependencies has packages that no line of the program comes from,
 * and a list kept by hand would be wrong one day.
 */
export const bundledPackages = async (): Promise<BundledPackage[]> => {
  const { success, logs, metafile } = await Bun.build({
    entrypoints: [join(root, 'src', 'main.ts')],
    target: 'bun',
    minify: true,
    metafile: true,
    root,
  })
  if (!success || metafile === undefined) throw new AggregateError(logs, 'the bundle could not be looked into')
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => packageFolder.exec(relative(root, join(process.cwd(), path)).replaceAll('\\', '/'))?.[0] ?? [],
  )
  const packages = [...new Set(folders)].map((folder) => readPackage(join(root, folder)))
  const key = ({ name, version }: BundledPackage): string => `${name}@${version}`
  return packages.sort((one, other) => (key(one) < key(other) ? -1 : 1))
}
