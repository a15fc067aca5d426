import { createHash } from 'node:crypto'
import type { BundledPackage } from './bundled-packages.ts'

export interface SbomFacts {
  readonly name: string
  readonly version: string
  readonly license: string
  readonly description: string
  readonly homepage: string
  readonly repository: string
  readonly bunVersion: string
  /** In seconds. */
  readonly date: number
}

export const sbomName = (name: string, version: string): string => `${name}-${version}.cdx.json`

const npmUrl = ({ name, version }: BundledPackage): string => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`

const licenses = (id: string): object[] => [{ license: { id } }]

/** The same contents have the same number, so that builds are reproducible. */
const serialNumber = (contents: string): string => {
  const hex = createHash('sha256').update(contents).digest('hex')
  // Version 8 of RFC 9562, whose other bits are free.
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ]
  return `urn:uuid:${groups.join('-')}`
}

const packageComponent = (bundled: BundledPackage): object => ({
  type: 'library',
  'bom-ref': npmUrl(bundled),
  name: bundled.name,
  version: bundled.version,
  scope: 'required',
  licenses: licenses(bundled.license),
  purl: npmUrl(bundled),
  ...(bundled.homepage !== undefined && { externalReferences: [{ type: 'website', url: bundled.homepage }] }),
})

/** The list of the program's packages, in CycloneDX's JSON. */
export const sbom = (facts: SbomFacts, packages: readonly BundledPackage[]): string => {
  const { name, version, bunVersion } = facts
  const self = `pkg:github/${facts.repository}@v${version}`
  const runtime = `pkg:github/oven-sh/bun@bun-v${bunVersion}`
  const contents = {
    metadata: {
      timestamp: new Date(facts.date * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': self,
        name,
        version,
        description: facts.description,
        licenses: licenses(facts.license),
        purl: self,
        externalReferences: [{ type: 'vcs', url: facts.homepage }],
      },
    },
    components: [
      {
        type: 'platform',
        'bom-ref': runtime,
        name: 'bun',
        version: bunVersion,
        scope: 'required',
        licenses: licenses('MIT'),
        purl: runtime,
        externalReferences: [{ type: 'website', url: 'https://bun.com' }],
      },
      ...packages.map(packageComponent),
    ],
    dependencies: [{ ref: self, dependsOn: [runtime, ...packages.map(npmUrl)] }],
  }
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialNumber(JSON.stringify(contents)),
    version: 1,
    ...contents,
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}
