let using = 1
export { using as last }