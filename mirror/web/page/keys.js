/* Keys: single ones can be switched off (they hurt who speaks to a computer), Esc and arrows stay. */
function typing(e) {
  return e.target.closest && e.target.closest('input, select, textarea, dialog');
}

function moveFocus(step) {
  const all = [...document.querySelectorAll('.story h2 a')];
  if (all.length === 0) return false;
  const at = all.indexOf(document.activeElement);
  const to = all[Math.min(all.length - 1, Math.max(0, at + (at < 0 && step < 0 ? 1 : step)))];
  to.focus();
  to.closest('.story').scrollIntoView({ block: 'nearest' });
  return true;
}

function move(step) {
  const to = places[here];
  if (to.screen !== 'article') return moveFocus(step);
  turnTo(neighbours(to)[step < 0 ? 0 : 1]);
  return true;
}

/* By the letter, and by the place of the key where the keyboard has other letters. */
function singleKey({ key, code }) {
  if (key === 'j' || (code === 'KeyJ' && key > '\x7f')) return move(1);
  if (key === 'k' || (code === 'KeyK' && key > '\x7f')) return move(-1);
  if (S.publishers.length > 0 && (key === '/' || (code === 'Slash' && key === '.'))) go({ screen: 'search' });
  else if (key === '?' || key === '\u061f' || (code === 'Slash' && key === ',')) go({ screen: 'help' });
  else return false;
  return true;
}

function onKey(e) {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.key === 'Escape' && !document.querySelector('dialog')) {
    if (here > 0) history.back();
    return;
  }
  if (typing(e)) return;
  const arrow = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const onHeadline = document.activeElement && document.activeElement.matches('.story h2 a');
  if (arrow ? onHeadline && moveFocus(arrow) : S.singleKeys && singleKey(e)) e.preventDefault();
}
