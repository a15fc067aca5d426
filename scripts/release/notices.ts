import type { BundledPackage } from './bundled-packages.ts'

export const noticesName = 'THIRD_PARTY_NOTICES'

/** The program also contains the runtime, whose own page lists its parts. */
const runtimeNotice = (bunVersion: string): string =>
  [
    `Bun ${bunVersion}: MIT`,
    '',
    'The program contains Bun, its runtime, which links JavaScriptCore and WebCore of WebKit (LGPL-2.1)',
    'and other libraries under their own licenses. This page lists them, and how to link Bun to a modified WebKit:',
    `https://github.com/oven-sh/bun/blob/bun-v${bunVersion}/LICENSE.md`,
  ].join('\n')

const packageNotice = ({ name, version, license, licenseText }: BundledPackage): string =>
  [`${name} ${version}: ${license}`, ...(licenseText === undefined ? [] : ['', licenseText])].join('\n')

const rule = `\n\n${'-'.repeat(80)}\n\n`

/** The notices that third-party licenses require with every copy of the program. */
export const thirdPartyNotices = (packages: readonly BundledPackage[], bunVersion: string): string =>
  `${[
    'This program holds software of others. Each part is under its own license.',
    runtimeNotice(bunVersion),
    ...packages.map(packageNotice),
  ].join(rule)}\n`
