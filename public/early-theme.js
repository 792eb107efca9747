// Puts a remembered theme on the root element before the first paint; src/playground/theme.ts writes it.
try {
  const theme = localStorage.getItem('videoport.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this page: the system's preference rules.
}
