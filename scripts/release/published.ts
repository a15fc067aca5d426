import { project } from './project.ts'
import type { Sums } from './sums.ts'
import { archiveName, type Target, targets } from './targets.ts'

/** An archive in a package manager's manifest. */
export interface Published {
  readonly target: Target
  readonly file: string
  readonly url: string
  readonly sha256: string
}

/**
 * The programs that package managers install. They select by the kind of processor, but not by AVX2, which the other
 * x64 program needs. Older servers, some virtual machines, and x64 programs on Macs with Apple's processor lack it. So
 * x64 is baseline, which is not slower for a server that waits for the network.
 */
export const managedTargets = {
  macArm: 'darwin-arm64',
  macIntel: 'darwin-x64-baseline',
  linuxArm: 'linux-arm64',
  linuxIntel: 'linux-x64-baseline',
  windowsArm: 'windows-arm64',
  windowsIntel: 'windows-x64-baseline',
} as const
type ManagedTarget = keyof typeof managedTargets
export type Managed = Readonly<Record<ManagedTarget, Published>>

const archiveOf = (id: string): { readonly target: Target; readonly file: string } => {
  const target = targets.find((known) => known.id === id)
  if (target === undefined) throw new Error(`no target ${id}`)
  return { target, file: archiveName(target, project.name, project.version) }
}

/** The archives of the manifests that have no sum yet. */
export const missingArchives = (sums: Sums): string[] =>
  Object.values(managedTargets)
    .map((id) => archiveOf(id).file)
    .filter((file) => !sums.has(file))

/** Throws if an archive is missing. */
export const managedArchives = (sums: Sums): Managed => {
  const published = (id: string): Published => {
    const { target, file } = archiveOf(id)
    const sha256 = sums.get(file)
    if (sha256 === undefined) throw new Error(`${file} has no sum`)
    return { target, file, sha256, url: `${project.downloads}/v${project.version}/${file}` }
  }
  const { macArm, macIntel, linuxArm, linuxIntel, windowsArm, windowsIntel } = managedTargets
  return {
    macArm: published(macArm),
    macIntel: published(macIntel),
    linuxArm: published(linuxArm),
    linuxIntel: published(linuxIntel),
    windowsArm: published(windowsArm),
    windowsIntel: published(windowsIntel),
  }
}
