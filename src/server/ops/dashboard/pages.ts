import { bundleLogin, bundlePage } from '../../../../scripts/dashboard/bundle-page.ts' with { type: 'macro' }

/** The dashboard's pages, each as one text. Imported only for a request: from the sources, that bundles the pages. */

export const page = bundlePage()
export const loginPage = bundleLogin()
