import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { buildPortable } from '../../portable/build.ts'
import { portableTypes } from '../../portable/types.ts'
import { root } from '../../support/binary.ts'
import { bundledPackages } from '../bundled-packages.ts'
import { noticesName, thirdPartyNotices } from '../notices.ts'
import { project } from '../project.ts'
import { programName, type Target } from '../targets.ts'
import {
  platformList,
  platformManifest,
  platformPackage,
  platformReadme,
  platformsFile,
  portableFile,
  portableTypesFile,
  shimPath,
  tarballName,
  wrapperManifest,
  wrapperReadme,
} from './packages.ts'

/** Writes packages and packs them. */

export interface PackOptions {
  /** Packages as folders, `<package>/`. */
  readonly folder: string
  /** The same packages as tarballs. */
  readonly tarballs: string
}

const executableMode = 0o755

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** Resolves to the tarball's path. Rejects with the packer's message. */
const packFolder = async (name: string, folder: string, tarballs: string): Promise<string> => {
  await mkdir(tarballs, { recursive: true })
  const tarball = join(tarballs, tarballName(name))
  // Like npm, Bun's packer gives all files one date: the same files have the same bytes.
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, 'pm', 'pack', '--quiet', '--filename', tarball], {
    cwd: folder,
    env: { ...process.env, BUN_BE_BUN: '1' },
  })
  if (exitCode !== 0) throw new Error(`${name} could not be packed: ${stderr}`)
  return tarball
}

const begin = async (options: PackOptions, name: string, files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = join(options.folder, name)
  await rm(folder, { recursive: true, force: true })
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  return folder
}

/** The package with the command. Resolves to its tarball. */
export const packWrapper = async (options: PackOptions): Promise<string> => {
  const folder = await begin(options, project.name, {
    'package.json': json(wrapperManifest()),
    [platformsFile]: json(platformList()),
    'README.md': wrapperReadme,
    [shimPath]: await Bun.file(join(import.meta.dir, 'shim.cjs')).text(),
    [portableFile]: await buildPortable(),
    [portableTypesFile]: portableTypes,
    [noticesName]: thirdPartyNotices(await bundledPackages(), Bun.version),
  })
  await chmod(join(folder, shimPath), executableMode)
  return packFolder(project.name, folder, options.tarballs)
}

/** The package with a machine's program. Resolves to its tarball. */
export const packPlatform = async (target: Target, program: string, options: PackOptions): Promise<string> => {
  const name = platformPackage(target)
  const folder = await begin(options, name, {
    'package.json': json(platformManifest(target)),
    'README.md': platformReadme(target),
    [noticesName]: thirdPartyNotices(await bundledPackages(), Bun.version),
  })
  const path = join(folder, programName(target, project.name))
  await copyFile(program, path)
  await chmod(path, executableMode)
  return packFolder(name, folder, options.tarballs)
}
