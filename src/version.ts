import packageJson from '../package.json' with { type: 'json' }

/** The release, as package.json has it. */
export const version: string = packageJson.version

/** Where the project lives: releases, documentation. As package.json has it, without git's own words around it. */
export const homepage: string = packageJson.repository.url.replace(/^git\+/, '').replace(/\.git$/, '')

/** The name under which the product presents itself on every door. */
export const productName = 'nexus-claude-api'

/** Put in by the build: which sources, and for which machine. The sources themselves know neither. */
declare const BUILD_COMMIT: string | undefined
declare const BUILD_TARGET: string | undefined

/** The first characters of the commit, with `-dirty` where files were changed; `source` outside of a build. */
export const commit: string = typeof BUILD_COMMIT === 'string' ? BUILD_COMMIT : 'source'
/** `linux-x64-musl`, as archives are called. */
export const buildTarget: string =
  typeof BUILD_TARGET === 'string' ? BUILD_TARGET : `${process.platform}-${process.arch}`
