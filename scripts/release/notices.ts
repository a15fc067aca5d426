import type { BundledPackage } from './bundled-packages.ts'

export const noticesName = 'THIRD_PARTY_NOTICES'

/** The runtime is in the program as well; it has a page about what it is made of itself. */
const runtimeNotice = (bunVersion: string): string =>
  [
    `Bun ${bunVersion}: MIT`,
    '',
    'The program runs on Bun, which is in it, and which links JavaScriptCore and WebCore of WebKit (LGPL-2.1)',
    'and other libraries under their own licenses. They are listed, with how to link Bun against a changed WebKit:',
    `https://github.com/oven-sh/bun/blob/bun-v${bunVersion}/LICENSE.md`,
  ].join('\n')

const packageNotice = ({ name, version, license, licenseText }: BundledPackage): string =>
  [`${name} ${version}: ${license}`, ...(licenseText === undefined ? [] : ['', licenseText])].join('\n')

const rule = `\n\n${'-'.repeat(80)}\n\n`

/** What others' licenses want to be said wherever the program goes. */
export const thirdPartyNotices = (packages: readonly BundledPackage[], bunVersion: string): string =>
  `${[
    'This program holds software of others. Each part is under its own license.',
    runtimeNotice(bunVersion),
    ...packages.map(packageNotice),
  ].join(rule)}\n`
