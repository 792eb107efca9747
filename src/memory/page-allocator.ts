/** Placeholder to be replaced. */
export const NO_PAGE = -1;
