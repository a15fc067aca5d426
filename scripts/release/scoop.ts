import { project } from './project.ts'
import type { Managed, Published } from './published.ts'
import { folderName } from './release-contents.ts'
import { sumsName } from './sums.ts'
import { programName } from './targets.ts'

/** Scoop replaces this in an address by the new version. */
const anyVersion = (text: string): string => text.replaceAll(project.version, '$version')

const current = ({ url, sha256, target }: Published): object => ({
  url,
  hash: sha256,
  extract_dir: folderName(target),
})

const next = ({ url, target }: Published): object => ({
  url: anyVersion(url),
  extract_dir: anyVersion(folderName(target)),
})

/** The manifest, `nexus-claude-api.json`. */
export const scoopManifest = ({ windowsIntel, windowsArm }: Managed): string => {
  const { name, version, description, homepage, license } = project
  const manifest = {
    version,
    description,
    homepage,
    license,
    architecture: { '64bit': current(windowsIntel), arm64: current(windowsArm) },
    bin: programName(windowsIntel.target, name),
    checkver: 'github',
    autoupdate: {
      architecture: { '64bit': next(windowsIntel), arm64: next(windowsArm) },
      hash: { url: `$baseurl/${sumsName}` },
    },
  }
  return `${JSON.stringify(manifest, undefined, 4)}\n`
}
