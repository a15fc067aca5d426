import { join } from 'node:path'
import manifest from '../../package.json'
import { root } from '../support/binary.ts'

/** Facts about the project for all published files. To change them, edit package.json. */

const [, slug = ''] = /github\.com[/:]([^/]+\/[^/.]+)/.exec(manifest.repository.url) ?? []

export const project = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  license: manifest.license,
  /** `owner/name` on GitHub. */
  repository: slug,
  homepage: `https://github.com/${slug}`,
  /** The address of release files, followed by `/v<version>/<file>`. Installers accept another with `--mirror`. */
  downloads: `https://github.com/${slug}/releases/download`,
} as const

/** Built programs: `dist/targets/<id>/<program>`. */
export const targetsFolder = join(root, 'dist', 'targets')
