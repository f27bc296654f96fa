// Before anything is painted: light or dark, as the reader chose in this browser.
try {
  const theme = JSON.parse(localStorage.getItem("dragoman.theme"));
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch { /* a browser that keeps nothing */ }
