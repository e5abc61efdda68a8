/** The lists of the catalogue that a page shows one at a time. */
export const CATALOGUE_LISTS = ['topics', 'types', 'forms', 'status_labels', 'priority_labels', 'channels'] as const
export type CatalogueList = (typeof CATALOGUE_LISTS)[number]
