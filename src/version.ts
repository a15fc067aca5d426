import packageJson from '../package.json' with { type: 'json' }

/** The release, as package.json has it. */
export const version: string = packageJson.version

/** The name under which the product presents itself on every door. */
export const productName = 'nexus-claude-api'
