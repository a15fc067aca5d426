import type { Config } from '../../config/load.ts'
import { productName } from '../../version.ts'
import type { UpstreamStatus } from '../upstream.ts'

/** Facts for `/` and `/health`. Scripts of the replaced program read these names (AU-D1). */
export const toStatus = ({ anthropic: { credentialsDir } }: Pick<Config, 'anthropic'>): UpstreamStatus => ({
  upstream: {},
  root: () => ({
    message: `${productName} is running`,
    ...(credentialsDir !== undefined && { config: { CREDENTIALS_DIR: credentialsDir } }),
  }),
})
