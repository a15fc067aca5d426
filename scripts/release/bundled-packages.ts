import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../support/binary.ts'

/** A package of which the program contains at least one file. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** The SPDX identifier. */
  readonly license: string
  /** Its homepage, if it names one. */
  readonly homepage?: string
  /** The text of its license; undefined if the package has none. */
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

/** Matches `node_modules/a/node_modules/@b/c` in the path of a file. */
const packageFolder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/

/**
 * Reads the packages from the bundler's output: the dependency tree also has packages that the program does not
 * contain, and a manual list would get out of date.
 */
export const bundledPackages = async (): Promise<BundledPackage[]> => {
  const { success, logs, metafile } = await Bun.build({
    // Another run of the bundler puts the dashboard into the program.
    entrypoints: ['main.ts', 'dashboard/page.ts', 'dashboard/style.css'].map((file) => join(root, 'src', file)),
    target: 'bun',
    minify: true,
    metafile: true,
    root,
  })
  if (!success || metafile === undefined) throw new AggregateError(logs, 'the bundler did not list its files')
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => packageFolder.exec(relative(root, join(process.cwd(), path)).replaceAll('\\', '/'))?.[0] ?? [],
  )
  const packages = [...new Set(folders)].map((folder) => readPackage(join(root, folder)))
  const key = ({ name, version }: BundledPackage): string => `${name}@${version}`
  return packages.sort((one, other) => (key(one) < key(other) ? -1 : 1))
}
