'use strict';
(() => {
  const root = JSON.parse(document.getElementById('data').textContent);
  const flame = document.getElementById('flame');
  const trail = document.getElementById('trail');
  const about = document.getElementById('about');
  if (!root) return;
  const HEIGHT = 24;
  const bytes = (count) => {
    if (count >= 1048576) return `${(count / 1048576).toFixed(2)} MiB`;
    return count >= 1024 ? `${(count / 1024).toFixed(1)} KiB` : `${count} bytes`;
  };
  const label = (node) => (node.count > 1 ? `${node.name} × ${node.count.toLocaleString('en')}` : node.name);
  // One hue for each name, so that a kind has the same colour everywhere.
  const colour = (name) => {
    let hash = 7;
    for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 360;
    return `hsl(${hash} 55% 74%)`;
  };
  const tell = (node) => {
    const share = ((100 * node.retained) / root.retained).toFixed(1);
    about.textContent = `${label(node)}: ${bytes(node.retained)}, ${share} % of all${node.holder ? `, held by ${node.holder}` : ''}`;
  };
  const show = (path) => {
    const top = path[path.length - 1];
    flame.replaceChildren();
    trail.replaceChildren();
    path.forEach((node, index) => {
      const step = document.createElement('button');
      step.textContent = label(node);
      if (node === top) step.setAttribute('aria-current', 'true');
      step.addEventListener('click', () => show(path.slice(0, index + 1)));
      trail.append(step);
    });
    let deepest = 0;
    const draw = (node, left, width, depth, own) => {
      if (width < 0.15) return;
      deepest = Math.max(deepest, depth);
      const box = document.createElement('button');
      box.textContent = `${label(node)} ${bytes(node.retained)}`;
      box.title = box.textContent;
      box.style.left = `${left}%`;
      box.style.width = `${width}%`;
      box.style.top = `${depth * HEIGHT}px`;
      box.style.background = colour(node.name);
      box.setAttribute('role', 'treeitem');
      box.setAttribute('aria-level', String(depth + 1));
      box.addEventListener('click', () => {
        show(own);
        flame.firstChild?.focus();
      });
      box.addEventListener('mouseenter', () => tell(node));
      box.addEventListener('focus', () => tell(node));
      flame.append(box);
      let at = left;
      for (const child of node.children ?? []) {
        const share = (width * child.retained) / node.retained;
        draw(child, at, share, depth + 1, [...own, child]);
        at += share;
      }
    };
    draw(top, 0, 100, 0, path);
    flame.style.height = `${(deepest + 1) * HEIGHT}px`;
    tell(top);
  };
  show([root]);
})();
