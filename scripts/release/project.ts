import { join } from 'node:path'
import manifest from '../../package.json'
import { root } from '../support/binary.ts'

/** What the project says of itself, for whatever is published of it. package.json is where it is changed. */

const [, slug = ''] = /github\.com[/:]([^/]+\/[^/.]+)/.exec(manifest.repository.url) ?? []

export const project = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  license: manifest.license,
  /** `owner/name` on GitHub. */
  repository: slug,
  homepage: `https://github.com/${slug}`,
  /** Where a release's files lie, behind `/v<version>/<file>`; installers take another with `--mirror`. */
  downloads: `https://github.com/${slug}/releases/download`,
} as const

/** Built programs: `dist/targets/<id>/<program>`. */
export const targetsFolder = join(root, 'dist', 'targets')
